import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { engineFlags } from "./engine-flags.ts";

/** Packages inside CommonJS ask for Node's modules by `require`, which an ES module does not have. */
const REQUIRE_BANNER =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';
const SNAPSHOT_TIMEOUT_MS = 60_000;

async function bundle(outFile: string, format: "cjs" | "esm"): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, "main.ts")],
    outfile: outFile,
    bundle: true,
    minify: true,
    platform: "node",
    format,
    target: "node24",
    legalComments: "none",
    logLevel: "silent",
    ...(format === "esm" ? { banner: { js: REQUIRE_BANNER } } : {}),
  });
}

/**
 * Bundles the agent into one self-contained ES module at `outFile`; needs nothing but Node to run.
 * Rejects with esbuild's messages when the source does not build.
 */
export async function buildAgent(outFile: string): Promise<void> {
  await bundle(outFile, "esm");
}

/**
 * Takes a snapshot of the agent with all its code loaded, for `nodeBinary` alone to start from: that takes two thirds of
 * the processor time of loading the bundle. Rejects where this Node takes none.
 */
export async function buildAgentSnapshot(nodeBinary: string, outFile: string): Promise<void> {
  const script = `${outFile}.cjs`;
  await bundle(script, "cjs");
  try {
    const args = Array.from(engineFlags).concat("--snapshot-blob", outFile, "--build-snapshot", script);
    await promisify(execFile)(nodeBinary, args, {
      env: {},
      cwd: "/",
      timeout: SNAPSHOT_TIMEOUT_MS,
    });
  } finally {
    await rm(script, { force: true });
  }
}
