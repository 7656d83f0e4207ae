import { defineRoute } from "../route.ts";
import { patternsQuerySchema, runPatternsSchema } from "./patterns.ts";

/** When runs are made, and how long they take. */
export const patternRoutes = {
  getRunPatterns: defineRoute({
    id: "getRunPatterns",
    method: "GET",
    path: "/api/reports/patterns",
    tag: "Reports",
    summary: "Tell at which hours runs are made, and how long they take",
    access: "runs:read",
    query: patternsQuerySchema,
    answer: { kind: "json", status: 200, schema: runPatternsSchema, description: "Counts." },
    problems: ["not_found"],
  }),
} as const;
