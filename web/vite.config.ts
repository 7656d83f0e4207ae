import optimizeLocales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import type { Plugin } from "vite";
import { templates } from "./build/templates-plugin.ts";
import { withoutJsonSchema } from "./build/without-json-schema.ts";

/** The page may run its own script and style, and talk to its own origin; nothing else. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src blob:; frame-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** Writes the policy into the built page; the dev server needs inline scripts, so it goes without. */
function contentSecurityPolicy(): Plugin {
  const meta = {
    tag: "meta",
    attrs: { "http-equiv": "Content-Security-Policy", content: CONTENT_SECURITY_POLICY },
    injectTo: "head-prepend" as const,
  };
  return { name: "content-security-policy", apply: "build", transformIndexHtml: () => [meta] };
}

/**
 * zod tries whether it may make functions of text, which the policy forbids and the browser reports. Told at the top of
 * every chunk, because whichever runs first makes schemas.
 */
const WITHOUT_EVAL = "globalThis.__zod_globalConfig ??= { jitless: true };";

/** The code editor comes in parts: one of them alone would be larger than any part may be. */
const EDITOR_PARTS = [
  { name: "editor-state", test: /node_modules\/@codemirror\/state\//, priority: 2 },
  { name: "editor-view", test: /node_modules\/@codemirror\/view\//, priority: 1 },
];

const edgeOrigin = process.env["FLOOM_API_URL"] ?? "http://127.0.0.1:8787";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    // The words of the dialogs in one language, as the page has them.
    { ...optimizeLocales.vite({ locales: ["en-US"] }), enforce: "pre" },
    react(),
    contentSecurityPolicy(),
    templates(),
    withoutJsonSchema(),
  ],
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    rolldownOptions: { output: { banner: WITHOUT_EVAL, codeSplitting: { groups: EDITOR_PARTS } } },
  },
  server: { host: "127.0.0.1", proxy: { "/api": edgeOrigin } },
});
