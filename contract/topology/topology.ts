import * as z from "zod";
import { topologyLimits } from "./limits.ts";

/** `client`: a way in by which runs are started. `service`: a host or a connection that tools reach. */
export const topologyNodeSchema = z.object({
  id: z.string().describe("Kind and name, e.g. worker:hello; of a tool, tool:worker/name."),
  kind: z.enum(["client", "worker", "tool", "service"]),
  name: z.string(),
});
export type TopologyNode = z.infer<typeof topologyNodeSchema>;

/** `starts`: runs of a worker, by a client or another worker. `calls`: a tool. `reaches`: a service, by a tool or a script. */
export const topologyEdgeSchema = z.object({
  from: z.string(),
  to: z.string(),
  kind: z.enum(["starts", "calls", "reaches"]),
  declared: z.boolean().describe("The active version says so; else it is only on record."),
  count: z.int().nonnegative().describe("How often it happened among what was looked at."),
  refused: z.int().nonnegative().describe("How many of these were refused."),
  last_at: z.iso.datetime().nullable().describe("When it happened last; null for never."),
});
export type TopologyEdge = z.infer<typeof topologyEdgeSchema>;

export const topologySchema = z.object({
  nodes: z.array(topologyNodeSchema),
  edges: z.array(topologyEdgeSchema),
  looked_at: z
    .object({ runs: z.int().nonnegative(), calls: z.int().nonnegative() })
    .describe(
      `How many of the newest runs and calls were looked at; at most ${topologyLimits.topology_records.value} of each.`,
    ),
  truncated: z.boolean().describe("There is more than is shown: ask for one worker."),
});
export type Topology = z.infer<typeof topologySchema>;

export const topologyQuerySchema = z.object({
  /** A worker's name: only what it has to do with. */
  worker: z.string().max(256).optional(),
});
