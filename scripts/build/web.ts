import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build as bundle } from "esbuild";
import type { Plugin } from "esbuild";
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
    await bundlePageScript(join(outDir, "pages"));
  },
};

/** A style that a script carries as text: Vite and esbuild are told so by the same words. */
const inlineStyles: Plugin = {
  name: "inline-styles",
  setup: (build) => {
    build.onResolve({ filter: /\.css\?inline$/ }, async ({ path, resolveDir, kind }) => {
      const found = await build.resolve(path.replace("?inline", ""), { resolveDir, kind });
      return { path: found.path, namespace: "inline-style" };
    });
    build.onLoad({ filter: /./, namespace: "inline-style" }, async ({ path }) => ({
      contents: await readFile(path),
      loader: "text",
    }));
  },
};

/**
 * The script of the pages that strangers see, in `folder`: page.js, whose name says nothing of what is in it since the
 * edge writes it into pages, and the parts that it loads where they are wanted.
 */
export async function bundlePageScript(folder: string): Promise<void> {
  await bundle({
    entryPoints: [join(rootDir, "web", "visitor", "page.ts")],
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "error",
    plugins: [inlineStyles],
  });
}
