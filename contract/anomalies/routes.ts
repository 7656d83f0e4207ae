import { defineRoute } from "../route.ts";
import { anomalyWatchSchema, changeAnomalyActionsSchema } from "./anomaly.ts";

const tag = "Audit";
const answer = {
  kind: "json",
  status: 200,
  schema: anomalyWatchSchema,
  description: "How the worker is watched.",
} as const;

/** What is done with what is found on the record of changes. */
export const anomalyRoutes = {
  getAnomalyWatch: defineRoute({
    id: "getAnomalyWatch",
    method: "GET",
    path: "/api/workers/{worker}/anomalies",
    tag,
    summary: "Say what is done about anomalies of a worker, and what it is held to",
    description:
      "The anomalies that were found are on the record of changes: `GET /api/audit?event=anomaly`.",
    access: "workers:read",
    answer,
    problems: ["not_found"],
  }),
  setAnomalyActions: defineRoute({
    id: "setAnomalyActions",
    method: "PATCH",
    path: "/api/workers/{worker}/anomalies",
    tag,
    summary: "Set what is done about anomalies of a worker",
    description:
      "For owners and admins; clients of MCP do not decide it. What is left out stays, null leaves it to the workspace. A worker that is held already is resumed by `POST /api/workers/{worker}/resume`.",
    access: "workers:write",
    body: { kind: "json", schema: changeAnomalyActionsSchema, limit: "json_body_bytes" },
    answer,
    problems: ["not_found", "people_only", "insufficient_scope"],
  }),
} as const;
