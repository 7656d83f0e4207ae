import { defineRoute } from "../route.ts";
import {
  accountSpendSchema,
  memberCapsSchema,
  setMemberCapsSchema,
  workspaceSpendQuerySchema,
  workspaceSpendSchema,
} from "./spend.ts";

const tag = "Spend";
const caps = { kind: "json", status: 200, schema: memberCapsSchema, description: "The caps." } as const;

/** What runs cost, and the most that they may. */
export const spendRoutes = {
  getAccountSpend: defineRoute({
    id: "getAccountSpend",
    method: "GET",
    path: "/api/account/spend",
    tag,
    summary: "Say what your own runs in the workspace have cost today and this month",
    access: "any",
    answer: { kind: "json", status: 200, schema: accountSpendSchema, description: "What was spent." },
    problems: [],
  }),
  getWorkspaceSpend: defineRoute({
    id: "getWorkspaceSpend",
    method: "GET",
    path: "/api/workspace/spend",
    tag,
    summary: "Say what the workspace's runs have cost in a month, by worker, person or day",
    description:
      "A run counts for the day on which it ended, in UTC. The time of its sandboxes is counted by the prices of when it was accepted.",
    access: "workspace:write",
    query: workspaceSpendQuerySchema,
    answer: { kind: "json", status: 200, schema: workspaceSpendSchema, description: "What was spent." },
    problems: [],
  }),
  getMemberCaps: defineRoute({
    id: "getMemberCaps",
    method: "GET",
    path: "/api/admin/users/{member}/spend-caps",
    tag,
    summary: "Show how much a member may spend",
    access: "members:write",
    answer: caps,
    problems: ["not_found"],
  }),
  setMemberCaps: defineRoute({
    id: "setMemberCaps",
    method: "PUT",
    path: "/api/admin/users/{member}/spend-caps",
    tag,
    summary: "Set how much a member may spend",
    description: "Null for what the workspace says for each of its people.",
    access: "members:write",
    body: { kind: "json", schema: setMemberCapsSchema, limit: "json_body_bytes" },
    answer: caps,
    problems: ["not_found"],
  }),
} as const;
