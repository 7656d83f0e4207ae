import type { auditRoutes } from "#contract/audit/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { exportAudit, verifyAudit } from "./chain-service.ts";
import { listAuditEvents } from "./service.ts";
import type { AuditDeps } from "./service.ts";
import { streamAudit } from "./stream-service.ts";

export const auditHandlers: RouteHandlers<typeof auditRoutes, AuditDeps> = {
  listAuditEvents: (deps, { principal, query }) => listAuditEvents(deps, principal, query),
  streamAuditEvents: (deps, { principal, query, context }) =>
    streamAudit(deps, principal, { request: context.request, query }),
  verifyAudit: (deps, { principal, query }) => verifyAudit(deps, principal, query),
  async exportAudit(deps, { principal }) {
    const lines = exportAudit(deps, principal);
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const next = await lines.next();
        if (next.done === true) controller.close();
        else controller.enqueue(encoder.encode(next.value));
      },
      cancel: async () => void (await lines.return(undefined)),
    });
    return new Response(body, {
      headers: { "content-type": "application/x-ndjson", "cache-control": "no-store" },
    });
  },
};
