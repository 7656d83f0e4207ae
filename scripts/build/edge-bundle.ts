import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { V4ModuleRuleType, V4WorkerOptions } from "miniflare";
import { inRoot, rootDir } from "../checkout.ts";

/** What the edge is built into, below the root. */
export const EDGE_DIR = "dist/edge";
/** Beside the bundle: the bindings of wrangler.toml in the form that Miniflare takes. */
export const OPTIONS_FILE = "miniflare.json";
const ASSETS_DIR = "dist/web";

/** Workers of the local edge beside the deployed one, by the names of their files in the bundle's folder. */
export const localWorkerNames = ["front", "migrator", "databaseObject", "databaseBinding"] as const;
export type LocalWorker = (typeof localWorkerNames)[number];

/** Reads the source of a worker that only a local edge has. */
export async function readLocalWorker(outdir: string, worker: LocalWorker): Promise<string> {
  return readFile(join(outdir, `${worker}.mjs`), "utf8");
}

/** Reads a built edge back, in the form that Miniflare takes. */
export async function readEdgeBundle(outdir: string): Promise<V4WorkerOptions> {
  const options = JSON.parse(await readFile(join(outdir, OPTIONS_FILE), "utf8"));
  const files = (await readdir(outdir)).filter((file) => moduleTypeOf(file) !== undefined);
  return {
    ...options,
    name: "floom",
    rootPath: rootDir,
    assets: { ...options.assets, directory: inRoot(ASSETS_DIR) },
    modulesRules: undefined,
    modulesRoot: outdir,
    // The first module is the entry.
    modules: files
      .sort((a, b) => Number(b === "index.js") - Number(a === "index.js"))
      .map((file) => ({ type: moduleTypeOf(file), path: join(outdir, file) })),
  };
}

function moduleTypeOf(file: string): V4ModuleRuleType | undefined {
  const types: Record<string, V4ModuleRuleType> = {
    ".js": "ESModule",
    ".wasm": "CompiledWasm",
    ".txt": "Text",
    ".html": "Text",
    ".sql": "Text",
    ".py": "Text",
    ".bin": "Data",
  };
  return types[extname(file)];
}
