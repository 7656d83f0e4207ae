import { join } from "node:path";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type { CaseOutcome, CaseRequest } from "./workerd-entry.ts";

/** The suite bundled as a Worker and running in workerd, with its global fetch as the only way out. */
export interface WorkerdRunner {
  run(request: CaseRequest): Promise<void>;
  stop(): Promise<void>;
}

/** Bundles the suite as wrangler would and starts it in workerd. */
export async function startWorkerdRunner(): Promise<WorkerdRunner> {
  const bundle = await build({
    entryPoints: [join(import.meta.dirname, "workerd-entry.ts")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser", "import"],
    external: ["node:*", "cloudflare:*"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
  });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      telemetry: { enabled: false },
      modules: true,
      script: bundle.outputFiles[0]?.text ?? "",
      compatibilityDate: "2026-08-01",
      compatibilityFlags: ["nodejs_compat"],
    }),
  );
  await miniflare.ready;
  return {
    async run(request) {
      const response = await miniflare.dispatchFetch("http://suite/", {
        method: "POST",
        body: JSON.stringify(request),
      });
      const { failure } = (await response.json()) as CaseOutcome;
      if (failure !== undefined) throw new Error(`in workerd: ${failure}`);
    },
    async stop() {
      await miniflare.dispose();
    },
  };
}
