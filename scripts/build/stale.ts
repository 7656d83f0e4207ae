import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rootDir } from "../checkout.ts";

/** One thing that is built from files of the checkout. */
export interface BuildTarget {
  name: string;
  /** Globs below the checkout; the contents of all they match decide whether the output is stale. */
  inputs: string[];
  /** Globs of what lies among the inputs and does not count. */
  except?: string[];
  /** File or folder below the checkout. */
  output: string;
  /** Makes the output at the path it is given, which takes the place of the old one when all went well. */
  build: (path: string) => Promise<void>;
}

const ALWAYS_INPUTS = ["package-lock.json", "tsconfig.base.json"];
const NEVER_INPUTS = ["**/*.test.ts", "**/*.test.tsx", "**/*.md", "**/node_modules/**"];

/** Builds the target unless its output was made from the very same inputs. Answers whether it built. */
export async function buildIfStale(target: BuildTarget): Promise<boolean> {
  const output = join(rootDir, target.output);
  const stamp = join(rootDir, "dist", ".stamps", target.name);
  const digest = digestInputs(target);
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return false;

  const fresh = `${output}.${process.pid}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(dirname(output), { recursive: true });
  try {
    await target.build(fresh);
    swap(fresh, output);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
  return true;
}

function swap(fresh: string, output: string): void {
  const old = `${output}.${process.pid}.old`;
  if (existsSync(output)) renameSync(output, old);

  renameSync(fresh, output);
  rmSync(old, { recursive: true, force: true });
}

function digestInputs(target: BuildTarget): string {
  const files = globSync([...ALWAYS_INPUTS, ...target.inputs], {
    cwd: rootDir,
    exclude: [...NEVER_INPUTS, ...(target.except ?? [])],
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files)
    hash.update(file.slice(rootDir.length)).update("\0").update(readFileSync(file)).update("\0");

  return hash.digest("hex");
}
