import { defineRoute } from "../route.ts";
import { auditPageSchema, listAuditQuerySchema } from "./audit.ts";

export const auditRoutes = {
  listAuditEvents: defineRoute({
    id: "listAuditEvents",
    method: "GET",
    path: "/api/audit",
    tag: "Audit",
    summary: "List who changed what, newest first",
    description:
      "Every request that changed something or was refused, with who asked. Filter by one of action, actor, resource and outcome, and by time beside it.",
    access: "audit:read",
    query: listAuditQuerySchema,
    answer: { kind: "json", status: 200, schema: auditPageSchema, description: "A page of events." },
    problems: [],
  }),
} as const;
