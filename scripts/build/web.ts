import { join } from "node:path";
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
  },
};
