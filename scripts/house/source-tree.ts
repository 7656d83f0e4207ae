import { globSync, readFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import { parseSync } from "oxc-parser";

const rootDir = resolve(import.meta.dirname, "..", "..");

const ROOMS = ["contract", "worker", "runner", "web", "cli", "mcp", "sandbox", "scripts", "bench", "test"];
const GENERATED = ["**/*_pb.ts", "**/*.gen.*", "worker/worker-configuration.d.ts", "**/node_modules/**"];

/** One file of the checkout; `path` is relative to its root, with forward slashes. */
export interface SourceFile {
  path: string;
  text: string;
}

/** One import as it stands in a file; `target` is a path of the checkout, or a package as it is named. */
export interface ImportArrow {
  from: string;
  target: string;
  isPackage: boolean;
}

/** Every TypeScript file we write by hand, in all rooms. */
export function readSources(): SourceFile[] {
  return readFiles([`{${ROOMS.join(",")}}/**/*.{ts,tsx}`, "*.config.ts"]);
}

/** Files that match globs below the root, without the generated ones. */
export function readFiles(globs: string[]): SourceFile[] {
  return globSync(globs, { cwd: rootDir, exclude: GENERATED })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(rootDir, path), "utf8") }));
}

export function isTestFile(path: string): boolean {
  return path.startsWith("test/") || /\.test\.tsx?$/.test(path);
}

/** What a file imports, statically, dynamically by a literal, or by re-export. */
export function readImports(file: SourceFile): ImportArrow[] {
  const { module } = parseSync(file.path, file.text);
  const names = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) =>
      entry.entries.flatMap((item) => (item.moduleRequest === null ? [] : [item.moduleRequest.value])),
    ),
    ...module.dynamicImports.flatMap((entry) =>
      literal(file.text.slice(entry.moduleRequest.start, entry.moduleRequest.end)),
    ),
  ];
  return names.map((name) => resolveImport(file.path, name));
}

function literal(source: string): string[] {
  const match = /^["']([^"']+)["']$/.exec(source);
  return match?.[1] === undefined ? [] : [match[1]];
}

function resolveImport(from: string, name: string): ImportArrow {
  const contract = /^#contract\/(.+)$/.exec(name);
  if (contract !== null) return { from, target: `contract/${contract[1]}.ts`, isPackage: false };

  if (name.startsWith("."))
    return { from, target: posix.normalize(posix.join(dirname(from), name)), isPackage: false };

  return { from, target: name, isPackage: true };
}
