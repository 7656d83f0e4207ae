import type { RunEvent } from "#contract/runs/run-event";
import { buildDecidedEvent, buildStatusEvent } from "./build-view.ts";
import type { RunRecord } from "./run-storage.ts";

/** The events that tell followers where the run stands now, numbered from `seq`: decision, status, and the close. Pure. */
export function buildMilestones(record: RunRecord, seq: number, now: number): RunEvent[] {
  const { spec, state, milestones } = record;
  const id = state.hold?.approval_id;
  const told = milestones.some((event) => event.type === "approval_decided" && event.approval_id === id);
  const decided = told ? null : buildDecidedEvent(state, seq, now);
  const events: RunEvent[] = decided ? [decided] : [];
  events.push(buildStatusEvent({ spec, state, seq: seq + events.length, now }));
  if (state.outcome) {
    const timestamp = new Date(now).toISOString();
    events.push({ type: "close", seq: seq + events.length, timestamp, status: state.outcome.status });
  }
  return events;
}
