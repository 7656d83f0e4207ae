import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { build } from "esbuild";
import type { V4ModuleRuleType, V4WorkerOptions } from "miniflare";
import { rootDir } from "../checkout.ts";
import type { BuildTarget } from "./stale.ts";

/** Beside the bundle: the bindings of wrangler.toml in the form that Miniflare takes. */
const OPTIONS_FILE = "miniflare.json";
const ASSETS_DIR = "dist/web";
/** Workers of the local edge beside the deployed one, by the names of their files in the bundle's folder. */
const LOCAL_WORKERS_DIR = "scripts/local/edge";
const localWorkers = {
  front: "front",
  migrator: "migrate-worker",
  databaseObject: "database/database-object",
  databaseBinding: "database/database-binding",
} as const;

const quiet = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_LOG_PATH: join(rootDir, ".wrangler", "logs"),
};

/** The edge as `wrangler deploy` would upload it: what runs on a laptop is what is deployed. */
export const edgeTarget: BuildTarget = {
  name: "edge",
  inputs: [
    "worker/**/*",
    "contract/**/*",
    "migrations/*.sql",
    "wrangler.toml",
    "scripts/build/edge.ts",
    `${LOCAL_WORKERS_DIR}/**/*.ts`,
  ],
  output: "dist/edge",
  build: async (outdir) => {
    await runWrangler(["deploy", "--dry-run", "--outdir", outdir]);
    const { unstable_getMiniflareWorkerOptions: readOptions } = await import("wrangler");
    const { workerOptions } = readOptions(join(rootDir, "wrangler.toml"));
    await writeFile(join(outdir, OPTIONS_FILE), JSON.stringify(workerOptions, null, 2));
    for (const worker of localWorkerNames)
      await writeFile(join(outdir, `${worker}.mjs`), await buildLocalWorker(worker));
  },
};

type LocalWorker = keyof typeof localWorkers;
const localWorkerNames: readonly LocalWorker[] = ["front", "migrator", "databaseObject", "databaseBinding"];

/** Puts the source of one together, as one module. */
export async function buildLocalWorker(worker: LocalWorker): Promise<string> {
  const built = await build({
    entryPoints: [join(rootDir, LOCAL_WORKERS_DIR, `${localWorkers[worker]}.ts`)],
    write: false,
    bundle: true,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*", "cloudflare-internal:*"],
    logLevel: "silent",
  });
  return built.outputFiles[0]?.text ?? "";
}

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
    assets: { ...options.assets, directory: join(rootDir, ASSETS_DIR) },
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

/** Runs the project's wrangler; throws with what it printed when it fails. */
export async function runWrangler(args: string[]): Promise<void> {
  const program = join(rootDir, "node_modules", "wrangler", "bin", "wrangler.js");
  const child = spawn(process.execPath, [program, ...args], {
    cwd: rootDir,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...quiet },
  });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const ended: unknown[] = await once(child, "close");
  const [code] = ended;
  if (code !== 0) throw new Error(`wrangler ${args.join(" ")} failed:\n${Buffer.concat(output).toString()}`);
}
