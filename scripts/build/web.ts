import { join } from "node:path";
import { build as bundle } from "esbuild";
import { rootDir } from "../checkout.ts";
import type { BuildTarget } from "./stale.ts";

/** The web app, as static files that the edge serves. */
export const webTarget: BuildTarget = {
  name: "web",
  inputs: ["web/**/*", "contract/**/*", "scripts/build/web.ts"],
  output: "dist/web",
  build: async (outDir) => {
    const { build } = await import("vite");
    await build({
      configFile: join(rootDir, "web", "vite.config.ts"),
      logLevel: "error",
      build: { outDir, emptyOutDir: true },
    });
    await bundlePageScript(join(outDir, "pages", "page.js"));
  },
};

/** The one script of the pages that strangers see. Its name says nothing of what is in it: the edge writes it into pages. */
export async function bundlePageScript(outfile: string): Promise<void> {
  await bundle({
    entryPoints: [join(rootDir, "web", "visitor", "page.ts")],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
}
