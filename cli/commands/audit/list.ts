import { auditEventKindSchema, auditOutcomeSchema } from "#contract/audit/audit";
import type { AuditEvent } from "#contract/audit/audit";
import { auditRoutes } from "#contract/audit/routes";
import { limits } from "#contract/limits";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { describeEvent } from "./describe-event.ts";
import type { listAuditSpec } from "./specs.ts";

const DEFAULT_LIMIT = 50;

/** Lists a workspace's changes, reading as many pages as the limit needs. */
export const run: Run<typeof listAuditSpec> = async (context, { options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const wanted = options.limit ?? DEFAULT_LIMIT;
  const { action, actor, resource, worker, tool, run: runId, since, until } = options;
  const event = auditEventKindSchema.optional().parse(options.event);
  const outcome = auditOutcomeSchema.exclude(["done"]).optional().parse(options.outcome);
  const events: AuditEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.call(auditRoutes.listAuditEvents, {
      query: {
        event,
        worker,
        tool,
        run: runId,
        action,
        actor,
        resource,
        outcome,
        since,
        until,
        limit: Math.min(wanted - events.length, limits.page_items.value),
        cursor,
      },
    });
    events.push(...page.events);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && events.length < wanted);
  if (json) output.document({ events, next_cursor: cursor ?? null });
  else if (events.length === 0) output.note("Nothing is on record.");
  else {
    output.table(
      ["WHEN", "WHO", "DID", "TO", "OUTCOME"],
      events.map((event) => [formatAgo(event.at, host.now()), ...describeEvent(event)]),
    );
  }
  return exitCodes.ok.code;
};
