import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import { PACKAGE_DIR, programs, rootDir } from "../checkout.ts";
import type { BuildTarget } from "./stale.ts";

const TYPES_DIR = "types";
const LIBRARY = "mcp/library";

/**
 * The package's own code as JavaScript: Node takes no TypeScript below node_modules. Everything is in it but the runtime of
 * the local edge, so that whoever installs the package installs that alone.
 */
export const packageTarget: BuildTarget = {
  name: "package",
  inputs: [
    "{cli,contract,mcp}/**/*",
    "sandbox/{src,gen}/**/*.ts",
    "scripts/*.ts",
    "scripts/{bootstrap,build,local}/**/*.{ts,mjs}",
    "package.json",
  ],
  output: PACKAGE_DIR,
  build: async (outdir) => {
    await bundlePrograms(outdir);
    await writeTypes(join(outdir, TYPES_DIR));
  },
};

async function bundlePrograms(outdir: string): Promise<void> {
  await build({
    absWorkingDir: rootDir,
    entryPoints: { ...programs, cli: "cli/main.ts", mcp: `${LIBRARY}.ts` },
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // A command loads what it needs, as it does from its sources.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // The runtime is a program of its own, and in a package nothing is built.
    external: ["miniflare", "*/build-all.ts"],
    // What comes as CommonJS asks for Node's modules by `require`.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    legalComments: "linked",
    logLevel: "error",
    plugins: [placeSources],
  });
}

/**
 * A module finds the files beside it (templates, Python programs) by where it lies itself. These files are in the package
 * where they are in the checkout, so each module is told the folder of its source.
 */
const placeSources: Plugin = {
  name: "place-sources",
  setup: (bundling) => {
    bundling.onLoad({ filter: /\.(?:ts|mjs)$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (path.includes("/node_modules/") || !text.includes("import.meta.dirname")) return undefined;
      const folder = join(relative(PACKAGE_DIR, "."), relative(rootDir, dirname(path)));
      const place = `(import.meta.dirname + ${JSON.stringify(`/${folder}`)})`;
      return { contents: text.replaceAll("import.meta.dirname", place), loader: "ts" };
    });
  },
};

/** Writes the types of the library, without those that it does not show. Throws where one would need another package. */
async function writeTypes(outdir: string): Promise<void> {
  const whole = await mkdtemp(join(tmpdir(), "floom-types-"));
  try {
    const emit = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly"];
    await runTypeScript(["-p", "mcp", ...emit, "--rootDir", ".", "--outDir", whole]);
    await mkdir(outdir);
    const shown = new Set([`${LIBRARY}.d.ts`]);
    for (const file of shown) {
      const text = await readFile(join(whole, file), "utf8");
      for (const named of findNamed(text, file)) shown.add(named);
      await writeFile(join(outdir, relative(dirname(LIBRARY), file)), text.replaceAll('.ts"', '.js"'));
    }
  } finally {
    await rm(whole, { recursive: true });
  }
}

/** The files of types that one of them names. */
function findNamed(text: string, file: string): string[] {
  const names = [...text.matchAll(/(?:from |import\()"([^"]+)"/g)].map(([, name = ""]) => name);
  const foreign = names.find((name) => !name.startsWith("./"));
  if (foreign !== undefined) throw new Error(`The types of floom/mcp name ${foreign}, in ${file}.`);
  return names.map((name) => join(dirname(file), name.replace(/\.ts$/, ".d.ts")));
}

async function runTypeScript(args: string[]): Promise<void> {
  const program = join(rootDir, "node_modules", "typescript", "bin", "tsc");
  const child = spawn(process.execPath, [program, ...args], {
    cwd: rootDir,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended: unknown[] = await once(child, "close");
  const [code] = ended;
  if (code !== 0) throw new Error(`tsc ${args.join(" ")} failed (${String(code)}).`);
}
