import { defineRoute } from "../route.ts";
import { listToolCallsQuerySchema, toolCallPageSchema } from "./tool-call.ts";

export const toolCallRoutes = {
  listToolCalls: defineRoute({
    id: "listToolCalls",
    method: "GET",
    path: "/api/runs/{run}/tool-calls",
    tag: "Runs",
    summary: "List the tool calls of a run, in the order in which they were asked for",
    description:
      "Those of every attempt, with those that are held and those that were denied. They are there for as long as the run is.",
    access: "runs:read",
    query: listToolCallsQuerySchema,
    answer: { kind: "json", status: 200, schema: toolCallPageSchema, description: "A page of calls." },
    problems: ["not_found"],
  }),
} as const;
