import * as z from "zod";

/** How a worker is executed. */
export const workerModeSchema = z.enum(["script", "agent", "functions", "http", "pipeline", "query"]);
export type WorkerMode = z.infer<typeof workerModeSchema>;

/** Whether the edge carries its runs out by itself: they have no sandbox, and all that they do is calls. Pure. */
export function runsOnEdge(mode: WorkerMode): boolean {
  return mode === "agent" || mode === "http" || mode === "pipeline";
}
