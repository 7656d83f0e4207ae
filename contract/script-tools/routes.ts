import { defineRoute } from "../route.ts";
import {
  composioAnswerSchema,
  composioCallSchema,
  scriptAnswerSchema,
  scriptCallSchema,
  scriptConnectionsSchema,
} from "./script-call.ts";

const tag = "Calls";
const refusals = ["not_found", "run_finished", "stale_attempt"] as const;

/** A running script uses the connections of its worker. These take the run's own token and nothing else. */
export const scriptToolRoutes = {
  listRunConnections: defineRoute({
    id: "listRunConnections",
    method: "GET",
    path: "/api/runs/{run}/connections",
    tag,
    summary: "List the connections of a run's worker and their tools, from within the run",
    access: "run_token",
    answer: {
      kind: "json",
      status: 200,
      schema: scriptConnectionsSchema,
      description: "What worker.yml declares and is there, each with the tools that may be called.",
    },
    problems: refusals,
  }),
  callRunConnection: defineRoute({
    id: "callRunConnection",
    method: "POST",
    path: "/api/runs/{run}/connections/{name}/{tool}",
    tag,
    summary: "Call a tool of a connection from within a run",
    description:
      "Through the gate, and on the run's record. The answer says what became of it. An Idempotency-Key names the call: whoever asks again under it is answered the same, or how it stands. Nothing of the credential comes here.",
    access: "run_token",
    body: { kind: "json", schema: scriptCallSchema, limit: "json_body_bytes", optional: true },
    answer: { kind: "json", status: 200, schema: scriptAnswerSchema, description: "What became of it." },
    problems: [...refusals, "idempotency_conflict"],
  }),
  executeComposio: defineRoute({
    id: "executeComposio",
    method: "POST",
    path: "/api/runs/{run}/composio-execute/{tool}",
    tag,
    summary: "Call a tool of an app from within a run, as scripts of the first Floom do",
    description:
      "The app is found by the tool's name. The same as a call of the connection, in other words; one that has to be approved waits for a while, and its answer is tool_requires_approval then. Asked for again with the same arguments it is the same call.",
    access: "run_token",
    body: { kind: "json", schema: composioCallSchema, limit: "json_body_bytes", optional: true },
    answer: { kind: "json", status: 200, schema: composioAnswerSchema, description: "What became of it." },
    problems: [...refusals, "idempotency_conflict"],
  }),
} as const;
