import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { rootDir } from "../checkout.ts";
import { EDGE_DIR, localWorkerNames, OPTIONS_FILE } from "./edge-bundle.ts";
import type { LocalWorker } from "./edge-bundle.ts";
import type { BuildTarget } from "./stale.ts";

/** Workers of the local edge beside the deployed one, by their sources. */
const LOCAL_WORKERS_DIR = "scripts/local/edge";
const localWorkers: Record<LocalWorker, string> = {
  front: "front",
  migrator: "migrate-worker",
  databaseObject: "database/database-object",
  databaseBinding: "database/database-binding",
};

/** Keys of those options that hold a path of the machine that builds. */
const places = ["rootPath", "directory"];

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
    "scripts/build/edge*.ts",
    `${LOCAL_WORKERS_DIR}/**/*.ts`,
  ],
  output: EDGE_DIR,
  build: async (outdir) => {
    await runWrangler(["deploy", "--dry-run", "--outdir", outdir]);
    const { unstable_getMiniflareWorkerOptions: readOptions } = await import("wrangler");
    const { workerOptions } = readOptions(join(rootDir, "wrangler.toml"));
    // Where this checkout lies is nobody's business in a package; whoever reads it back says where it stands then.
    const text = JSON.stringify(
      workerOptions,
      (key, value: unknown) => (places.includes(key) ? undefined : value),
      2,
    );
    await writeFile(join(outdir, OPTIONS_FILE), text);
    for (const worker of localWorkerNames)
      await writeFile(join(outdir, `${worker}.mjs`), await buildLocalWorker(worker));
  },
};

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
