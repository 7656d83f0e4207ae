import { defineRoute } from "../route.ts";
import { topologyQuerySchema, topologySchema } from "./topology.ts";

/** Who calls what. */
export const topologyRoutes = {
  getTopology: defineRoute({
    id: "getTopology",
    method: "GET",
    path: "/api/topology",
    tag: "Audit",
    summary: "Say who calls what: clients, workers, tools and services",
    description:
      "From what the active versions declare, the newest runs, and the newest calls on the record of changes. Only workers that you see are in it.",
    access: "audit:read",
    query: topologyQuerySchema,
    answer: { kind: "json", status: 200, schema: topologySchema, description: "Nodes and edges." },
    problems: ["not_found"],
  }),
} as const;
