import { defineRoute } from "../route.ts";
import { councilDetailSchema, councilQuerySchema, interveneSchema, stopCouncilSchema } from "./council.ts";

const tag = "Councils";
const answer = {
  kind: "json",
  status: 200,
  schema: councilDetailSchema,
  description: "The council as it is now.",
} as const;

/** What is asked of, and said to, a council that is under way; it is started as any worker is. */
export const councilRoutes = {
  getCouncil: defineRoute({
    id: "getCouncil",
    method: "GET",
    path: "/api/runs/{run}/council",
    tag,
    summary: "Show a council: who may see what, and what was said",
    access: "runs:read",
    query: councilQuerySchema,
    answer,
    problems: ["not_found", "no_council"],
  }),
  interveneInCouncil: defineRoute({
    id: "interveneInCouncil",
    method: "POST",
    path: "/api/runs/{run}/council/messages",
    tag,
    summary: "Say something to a council",
    description:
      "Every turn that begins from then on is told of it; `messages[].reached_turn` names the first.",
    access: "runs:write",
    body: { kind: "json", schema: interveneSchema, limit: "json_body_bytes" },
    answer,
    problems: ["not_found", "no_council", "run_finished", "council_full"],
  }),
  stopCouncil: defineRoute({
    id: "stopCouncil",
    method: "POST",
    path: "/api/runs/{run}/council/stop",
    tag,
    summary: "Stop a council and have it come to a conclusion",
    description:
      "Turns that are under way are waited for, people who are asked are not, and nothing more is begun but the synthesis. To end it without one, cancel the run.",
    access: "runs:write",
    body: { kind: "json", schema: stopCouncilSchema, limit: "json_body_bytes", optional: true },
    answer,
    problems: ["not_found", "no_council", "run_finished"],
  }),
} as const;
