import * as z from "zod";

/** How a worker is executed. */
export const workerModeSchema = z.enum([
  "script",
  "agent",
  "functions",
  "http",
  "pipeline",
  "council",
  "query",
]);
export type WorkerMode = z.infer<typeof workerModeSchema>;

/** Modes whose runs have a sandbox. */
const inSandbox: ReadonlySet<WorkerMode> = new Set(["script", "functions", "query"]);

/** Whether the edge carries its runs out by itself: they have no sandbox, and all that they do is calls. Pure. */
export function runsOnEdge(mode: WorkerMode): boolean {
  return !inSandbox.has(mode);
}
