import { edgeTarget } from "./edge.ts";
import { buildIfStale } from "./stale.ts";
import type { BuildTarget } from "./stale.ts";
import { webTarget } from "./web.ts";

/**
 * Builds everything that `npm start` runs, and what is named besides. The edge comes after the web app, whose files its
 * bundle names.
 */
export async function buildAll(
  say: (line: string) => void,
  besides: readonly BuildTarget[] = [],
): Promise<void> {
  // Whoever builds, a test run included, builds what is deployed; bundlers take another word for another product.
  process.env["NODE_ENV"] = "production";
  for (const target of [webTarget, edgeTarget, ...besides]) {
    const startedAt = performance.now();
    if (await buildIfStale(target))
      say(`built ${target.output} (${Math.round(performance.now() - startedAt)} ms)`);
  }
}
