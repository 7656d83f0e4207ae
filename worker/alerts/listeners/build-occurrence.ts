import {
  missedStartKey,
  tellApprovalRequest,
  tellMissedStart,
  tellRun,
} from "#contract/event-subscriptions/subscription";
import type { EventOccurrence, SubscribedEvent } from "#contract/event-subscriptions/subscription";
import { fromWireWorker } from "#contract/floom-wire";
import { isTerminal } from "#contract/runs/run";
import { toIso, toIsoOrNull } from "../../platform/clock.ts";
import type { RunNotice } from "../../runs/record/build-notice.ts";
import type { ScheduleMiss } from "../build-message.ts";

/** The events that a run's notice tells of: each is known by its name and what it happened to. Pure. */
export function buildOccurrences({ summary, approval, origin }: RunNotice): EventOccurrence[] {
  const { id, status } = summary;
  if (status === "pending_approval" && approval !== null) {
    const { name: worker } = fromWireWorker(summary);
    const { id: asks, label } = approval;
    const asked = { id: asks, run_id: id, worker, label, expires_at: toIsoOrNull(approval.expires_at) };
    const what = { timestamp: toIso(approval.at), data: tellApprovalRequest(asked, origin) };
    return [occur("approval.requested", asks, what)];
  }
  if (!isTerminal(status)) return [];
  const names: SubscribedEvent[] = status === "failed" ? ["run.finished", "run.failed"] : ["run.finished"];
  const timestamp = summary.completed_at ?? summary.created_at;
  return names.map((name) => occur(name, id, { timestamp, data: tellRun(summary, origin) }));
}

/** The event of an expected start that did not happen. Pure. */
export function buildMissedOccurrence(missed: ScheduleMiss, at: number): EventOccurrence {
  const { worker_name: worker, trigger_name: name } = missed;
  const what = { timestamp: toIso(at), data: tellMissedStart({ ...missed, worker, name }) };
  return occur("schedule.missed", missedStartKey(missed), what);
}

function occur(
  name: SubscribedEvent,
  key: string,
  what: Pick<EventOccurrence, "timestamp" | "data">,
): EventOccurrence {
  return { eventId: `${name}:${key}`, name, ...what, cursor: null };
}
