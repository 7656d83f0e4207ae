import { defineRoute } from "../route.ts";
import { quotaReportSchema, setQuotasSchema } from "./quota.ts";

const tag = "Quotas";
const answer = {
  kind: "json",
  status: 200,
  schema: quotaReportSchema,
  description: "Each quota with what is used of it.",
} as const;

/** How much a workspace may have and do. */
export const quotaRoutes = {
  getQuotas: defineRoute({
    id: "getQuotas",
    method: "GET",
    path: "/api/workspace/quotas",
    tag,
    summary: "Say how much the workspace may have, and what of it is used",
    access: "workspace:read",
    answer,
    problems: [],
  }),
  setQuotas: defineRoute({
    id: "setQuotas",
    method: "PUT",
    path: "/api/admin/workspaces/{workspace}/quotas",
    tag,
    summary: "Set how much a workspace may have",
    description:
      "Needs the token of the server's owner. Sets all quotas at once; what is left out is as for every workspace. What there is beyond a new quota stays.",
    access: "workspace:own",
    body: { kind: "json", schema: setQuotasSchema, limit: "json_body_bytes" },
    answer,
    problems: ["not_found", "owner_only"],
  }),
} as const;
