import type { Occurrence, Trigger } from "#contract/triggers/trigger";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import { describeWebhook } from "../hooks/build-webhook.ts";
import { parseCron } from "../registry/cron/parse-cron.ts";
import { nextFires } from "../schedules/next-fire.ts";
import { webhookSpecDocument } from "../hooks/webhook-spec.ts";
import type { OccurrenceRecord, ScheduleState } from "../schedules/schedule-api.ts";
import type { TriggerRow } from "./store.ts";
import { scheduleSpecDocument } from "./trigger-spec.ts";

const SHOWN = 5;

/** The next five times of a cron expression after `now`; none for one that cannot be read. */
export function upcoming(cron: string, timezone: string, now: number): string[] {
  const parsed = parseCron(cron);
  return parsed.ok ? nextFires(parsed.cron, timezone, { afterMs: now, count: SHOWN }).map(toIso) : [];
}

/** A trigger as the API shows it. */
export function describeTrigger(
  row: TriggerRow,
  seen: { state: ScheduleState | undefined; now: number; linkOrigin: string },
): Trigger {
  const { last } = seen.state ?? { last: null };
  const common = {
    id: row.id,
    worker_id: row.worker_name,
    name: row.name,
    type: row.type,
    origin: row.origin,
    paused: row.paused,
    pinned_version: row.pinned_version,
    last_due_at: toIsoOrNull(last?.due_at ?? null),
    last_run_id: last?.run_id ?? null,
    last_status: last?.status ?? null,
    last_reason: last?.reason ?? null,
    created_at: toIso(row.created_at),
    updated_at: toIso(row.updated_at),
  };
  return { ...common, ...(row.type === "schedule" ? scheduleView(row, seen) : webhookView(row, seen)) };
}

function scheduleView(row: TriggerRow, seen: { state: ScheduleState | undefined; now: number }) {
  const { cron, timezone, missed, action = null, inputs } = scheduleSpecDocument.read(row.spec);
  const next = row.paused ? [] : upcoming(cron, timezone, seen.now);
  const nextAt = row.paused ? null : (toIsoOrNull(seen.state?.next_at ?? null) ?? next[0] ?? null);
  return { action, inputs, cron, timezone, missed, next_at: nextAt, next, webhook: null };
}

function webhookView(row: TriggerRow, seen: { linkOrigin: string }) {
  const { action = null, inputs } = webhookSpecDocument.read(row.spec);
  return {
    action,
    inputs,
    cron: null,
    timezone: null,
    missed: null,
    next_at: null,
    next: [],
    webhook: describeWebhook(row, seen.linkOrigin),
  };
}

export function describeOccurrence(record: OccurrenceRecord): Occurrence {
  const { started_at, due_at } = record;
  return {
    ...record,
    due_at: toIso(due_at),
    started_at: toIsoOrNull(started_at),
    late_ms: started_at === null ? null : Math.max(0, started_at - due_at),
  };
}
