import type { auditRoutes } from "#contract/audit/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { listAuditEvents } from "./service.ts";
import type { AuditDeps } from "./service.ts";

export const auditHandlers: RouteHandlers<typeof auditRoutes, AuditDeps> = {
  listAuditEvents: (deps, { principal, query }) => listAuditEvents(deps, principal, query),
};
