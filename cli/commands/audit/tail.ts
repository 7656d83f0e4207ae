import {
  auditEventKindSchema,
  auditOutcomeSchema,
  auditPlaceSchema,
  streamedAuditEventSchema,
} from "#contract/audit/audit";
import type { StreamedAuditEvent } from "#contract/audit/audit";
import { auditRoutes } from "#contract/audit/routes";
import { followNumbered, isPassingFailure } from "#contract/follow";
import { isAbort, isTransient } from "../../api.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readMessages } from "../../follow.ts";
import { describeEvent } from "./describe-event.ts";
import type { tailAuditSpec } from "./specs.ts";

/** Shows what is put on record as it comes, until somebody interrupts. */
export const run: Run<typeof tailAuditSpec> = async (context, { options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const { action, actor, resource, worker, tool, run: runId, after } = options;
  const kind = auditEventKindSchema.optional().parse(options.event);
  const outcome = auditOutcomeSchema.exclude(["done"]).optional().parse(options.outcome);
  const query = { event: kind, worker, tool, run: runId, action, actor, resource, outcome, after_seq: after };
  const events = followNumbered(
    {
      open: async (lastSeq) => {
        const answer = await api.open(auditRoutes.streamAuditEvents, {
          query,
          headers: {
            accept: "text/event-stream",
            ...(lastSeq > 0 ? { "last-event-id": String(lastSeq) } : {}),
          },
          signal: host.interrupt,
        });
        return readMessages(answer);
      },
      isPassing: (error) => isTransient(error) || isPassingFailure(error) || isAbort(error),
      sleep: async (ms) => host.sleep(ms, host.interrupt),
      now: host.now,
      signal: host.interrupt,
    },
    { from: 0, parse: readTold },
  );
  try {
    for await (const { seq, event } of events) {
      if (event === null) continue;
      if (json) output.documentLine(event);
      else output.line([String(seq), event.at, ...describeEvent(event)].join("  "));
    }
  } catch (error) {
    if (!host.interrupt.aborted) throw error;
  }
  return exitCodes.interrupted.code;
};

/** An event, or where the stream has come to where the filters chose none; null for what this program does not know. */
function readTold(data: unknown): { seq: number; event: StreamedAuditEvent | null } | null {
  const event = streamedAuditEventSchema.safeParse(data).data;
  if (event !== undefined) return { seq: event.seq, event };
  const place = auditPlaceSchema.safeParse(data).data;
  return place === undefined ? null : { seq: place.seq, event: null };
}
