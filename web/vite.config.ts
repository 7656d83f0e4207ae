import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import type { Plugin } from "vite";

/** The page may run its own script and style, and talk to its own origin; nothing else. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** Writes the policy into the built page; the dev server needs inline scripts, so it goes without. */
function contentSecurityPolicy(): Plugin {
  const meta = {
    tag: "meta",
    attrs: { "http-equiv": "Content-Security-Policy", content: CONTENT_SECURITY_POLICY },
    injectTo: "head-prepend" as const,
  };
  return { name: "content-security-policy", apply: "build", transformIndexHtml: () => [meta] };
}

const edgeOrigin = process.env["FLOOM_API_URL"] ?? "http://127.0.0.1:8787";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), contentSecurityPolicy()],
  build: { outDir: "../dist/web", emptyOutDir: true },
  server: { host: "127.0.0.1", proxy: { "/api": edgeOrigin } },
});
