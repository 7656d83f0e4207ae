import { auditEventKindSchema, auditOutcomeSchema } from "#contract/audit/audit";
import { auditRoutes } from "#contract/audit/routes";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readPages } from "../../read-pages.ts";
import { describeEvent } from "./describe-event.ts";
import type { listAuditSpec } from "./specs.ts";

const DEFAULT_LIMIT = 50;

/** Lists a workspace's changes. */
export const run: Run<typeof listAuditSpec> = async (context, { options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const { action, actor, resource, worker, tool, run: runId, since, until } = options;
  const event = auditEventKindSchema.optional().parse(options.event);
  const outcome = auditOutcomeSchema.exclude(["done"]).optional().parse(options.outcome);
  const { items: events, next_cursor } = await readPages(options.limit ?? DEFAULT_LIMIT, async (at) => {
    const page = await api.call(auditRoutes.listAuditEvents, {
      query: { event, worker, tool, run: runId, action, actor, resource, outcome, since, until, ...at },
    });
    return { items: page.events, next_cursor: page.next_cursor };
  });
  if (json) output.document({ events, next_cursor });
  else if (events.length === 0) output.note("Nothing is on record.");
  else {
    output.table(
      ["WHEN", "WHO", "DID", "TO", "OUTCOME"],
      events.map((event) => [formatAgo(event.at, host.now()), ...describeEvent(event)]),
    );
  }
  return exitCodes.ok.code;
};
