import { edgeTarget } from "./edge.ts";
import { buildIfStale } from "./stale.ts";
import { webTarget } from "./web.ts";

/** Builds everything that `npm start` runs. The edge comes last: its bundle names the web app's files. */
export async function buildAll(say: (line: string) => void): Promise<void> {
  // Whoever builds, a test run included, builds what is deployed; bundlers take another word for another product.
  process.env["NODE_ENV"] = "production";
  for (const target of [webTarget, edgeTarget]) {
    const startedAt = performance.now();
    if (await buildIfStale(target))
      say(`built ${target.output} (${Math.round(performance.now() - startedAt)} ms)`);
  }
}
