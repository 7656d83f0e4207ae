import { join } from "node:path";
import { build } from "esbuild";

/** Packages inside CommonJS ask for Node's modules by `require`, which an ES module does not have. */
const REQUIRE_BANNER =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/**
 * Bundles the agent into one self-contained ES module at `outFile`; needs nothing but Node to run.
 * Rejects with esbuild's messages when the source does not build.
 */
export async function buildAgent(outFile: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, "main.ts")],
    outfile: outFile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node24",
    legalComments: "none",
    logLevel: "silent",
    banner: { js: REQUIRE_BANNER },
  });
}
