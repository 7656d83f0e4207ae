import type { RunId } from "#contract/ids";
import pLimit from "p-limit";
import { limits } from "#contract/limits";
import { problems } from "#contract/problem-registry";
import { AppError } from "../platform/app-error.ts";
import { attempt } from "../platform/attempt.ts";
import { toIso } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import type { AdmitReply, AdmitRequest } from "../queue/queue-api.ts";
import { parseCron } from "../registry/cron/parse-cron.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import { within } from "../platform/within.ts";
import type { After } from "../platform/within.ts";
import { refuseAdmission } from "../runs/start/start-run.ts";
import { nextFire } from "./next-fire.ts";
import type { ObjectPart, PartTools } from "../platform/objects/object-part.ts";
import { planOccurrences } from "./plan-occurrences.ts";
import type { OccurrenceRecord, ScheduleApi, ScheduleEntry, ScheduleState } from "./schedule-api.ts";
import { shareOf, spreadMs } from "./spread.ts";
import { ScheduleTable } from "./schedule-table.ts";
import type { DueRow, ScheduleRow } from "./schedule-table.ts";

/** Long enough for a push to write its rows; after that the object looks for itself. */
const SETTLE_DELAY_MS = 10_000;
/** Looking again after it failed; a constant, for the object sleeps in between and remembers no number of tries. */
const SETTLE_AGAIN_MS = 60_000;
const RETRY_MS = 5000;
const RETRY_MOST_MS = 60_000;
/** A day of tries, one a minute. */
const GIVE_UP_TRIES = 1440;
const ALERT_MS = limits.schedule_alert_seconds.value * 1000;
/** Triggers whose runs are taken in at the same time: their look-ups overlap. */
const AT_ONCE = 20;
/** How long a look-up outside the object may take: what is due does not wait for one that hangs. */
const LOOK_UP_MS = 10_000;
/** While times are being started, the alarm looks whether that still goes on. */
const LEASE_MS = 60_000;

/** An expected start that did not happen in time, or will not happen. */
export interface ScheduleMissed {
  type: "schedule_missed";
  workspace_id: string;
  worker_id: string;
  worker_name: string;
  trigger_id: string;
  trigger_name: string;
  due_at: string;
  code: string;
  reason: string;
}

/** A run to be started for one time of a schedule. */
export interface DueStart {
  entry: ScheduleEntry;
  /** The same for the same time, however often it is tried. */
  key: string;
}

export interface SchedulerDeps extends PartTools {
  clock: Clock;
  after: After;
  /** Brings the worker's trigger rows in line with its active version, and answers its schedules. Repeatable. */
  reconcile: (workerId: string) => Promise<ScheduleEntry[]>;
  /** Checks the run against the version that is active now. Writes nothing. */
  prepare: (due: DueStart) => Promise<AdmitRequest<RunSpec>>;
  /** The worker's queue, in this object: what it writes becomes durable together with what is written here. */
  admit: (request: AdmitRequest<RunSpec>) => AdmitReply;
  /** Told in the same step in which the miss is written down. */
  raise: (event: ScheduleMissed) => void;
}

/** Refusals that somebody meant: they are no fault of the schedule. */
const INTENDED = new Set(["worker_paused", "worker_archived"]);

/** Why a time waits, and until when. */
type Hold = Refusal & { retryAt: number };

/** Why a time was not started. `final`: trying again would change nothing. */
interface Refusal {
  code: string;
  reason: string;
  final: boolean;
  /** What was thrown. */
  cause: unknown;
}

/**
 * A worker's schedules: knows when each is due, starts it once, and keeps what was expected beside what happened.
 * A time is moved from `schedules` to `due` in one step, and from `due` to `occurrences` in the step that takes its run
 * into the queue, so that a crash anywhere leaves it in exactly one of them.
 */
export class Scheduler implements ObjectPart, ScheduleApi {
  readonly #deps: SchedulerDeps;
  readonly #table: ScheduleTable;
  #settling: Promise<void> = Promise.resolve();
  #wakeAt: number | null;
  /** While times are being started, each change would move the wake-up; it is computed once, at the end. */
  #busy = false;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
    this.#table = new ScheduleTable(deps);
    this.#wakeAt = this.#nextTime();
  }

  nextWake(): number | null {
    return this.#wakeAt;
  }

  /** Workers whose schedules name the same minute do not all begin in the same second. */
  #nextTime(): number | null {
    return this.#table.nextWake(spreadMs(this.#table.expectation()?.worker_id ?? ""));
  }

  #refreshWake(): void {
    if (this.#busy) return;
    this.#wakeAt = this.#nextTime();
    this.#deps.rearm();
  }

  async expectTriggers(workerId: string): Promise<void> {
    this.#table.expect(workerId, this.#deps.clock() + SETTLE_DELAY_MS);
    this.#refreshWake();
  }

  /** One after the other: what is read last is what stays. */
  async settleTriggers(): Promise<void> {
    const settled = this.#settling.then(() => this.#settle());
    this.#settling = settled.catch(() => undefined);
    await settled;
  }

  async #settle(): Promise<void> {
    const expected = this.#table.expectation();
    if (expected === undefined) return;
    const { reconcile, after } = this.#deps;
    const entries = await within(after, LOOK_UP_MS, () => reconcile(expected.worker_id));
    const now = this.#deps.clock();
    const known = new Map(this.#table.list().map((row) => [row.entry.trigger_id, row]));
    for (const entry of entries) this.#keep(entry, { known: known.get(entry.trigger_id), now });
    const kept = new Set(entries.map((entry) => entry.trigger_id));
    for (const id of known.keys()) if (!kept.has(id)) this.#table.remove(id);
    this.#table.settled(expected.generation, null);
    this.#refreshWake();
  }

  /** A schedule whose times did not change goes on where it was; one that is resumed begins with the next time. */
  #keep(entry: ScheduleEntry, { known, now }: { known: ScheduleRow | undefined; now: number }): void {
    const same =
      known !== undefined &&
      known.entry.cron === entry.cron &&
      known.entry.timezone === entry.timezone &&
      known.entry.paused === entry.paused;
    if (same && JSON.stringify(known.entry) === JSON.stringify(entry)) return;
    this.#table.put({ entry, nextAt: same ? known.nextAt : firstTime(entry, now) });
    if (!entry.paused) return;
    for (const dueAt of this.#table.dueTimesOf(entry.trigger_id)) {
      this.#table.record(
        skipped(entry, dueAt, { code: "trigger_paused", reason: "The trigger was paused." }),
      );
    }
  }

  async wake(now: number): Promise<void> {
    if (this.#busy) return void (this.#wakeAt = now + LEASE_MS);
    if ((this.#table.expectation()?.settle_at ?? Infinity) <= now) await this.#settleLate(now);
    this.#busy = true;
    this.#wakeAt = now + LEASE_MS;
    try {
      for (const row of this.#table.listPassed(now)) this.#plan(row, now);
      await this.#startDue(now);
    } finally {
      this.#busy = false;
      this.#wakeAt = this.#nextTime();
      this.#deps.rearm();
    }
  }

  async #settleLate(now: number): Promise<void> {
    try {
      await this.settleTriggers();
    } catch (error) {
      log("warn", "schedules.settle_failed", { error: describeError(error) });
      const expected = this.#table.expectation();
      if (expected) this.#table.settled(expected.generation, now + SETTLE_AGAIN_MS);
    }
  }

  #plan({ entry, nextAt }: ScheduleRow, now: number): void {
    const parsed = parseCron(entry.cron);
    if (!parsed.ok || nextAt === null) return this.#table.advance(entry.trigger_id, null);
    const { timezone, missed } = entry;
    const plan = planOccurrences({ cron: parsed.cron, timezone, missed, nextAt }, now);
    for (const dueAt of plan.skip) this.#table.record(skipped(entry, dueAt, missedReason(entry)));
    const late = [...plan.skip, ...plan.start].filter((dueAt) => now - dueAt > ALERT_MS);
    // Behind times that cannot start now the others wait as well.
    const retryAt = Math.max(now, this.#table.retryAt(entry.trigger_id) ?? now);
    for (const dueAt of plan.start) {
      const alerted = late.includes(dueAt) ? 1 : 0;
      this.#table.addDue({
        trigger_id: entry.trigger_id,
        due_at: dueAt,
        tries: 0,
        retry_at: retryAt,
        alerted,
      });
    }
    this.#table.advance(entry.trigger_id, plan.nextAt);
    const newest = late.at(-1) ?? (plan.forgotten ? nextAt : undefined);
    if (newest !== undefined) this.#raiseLate(entry, newest, { count: late.length, rule: missed });
  }

  #raiseLate(entry: ScheduleEntry, dueAt: number, late: { count: number; rule: string }): void {
    const times = late.count > 1 ? `${late.count} times of ${entry.name}` : `A time of ${entry.name}`;
    this.#raise(entry, dueAt, {
      code: "missed",
      reason: `${times} passed without a start; the schedule says missed: ${late.rule}.`,
    });
  }

  #raise(entry: ScheduleEntry, dueAt: number, why: { code: string; reason: string }): void {
    this.#deps.raise({
      type: "schedule_missed",
      workspace_id: entry.workspace_id,
      worker_id: this.#table.expectation()?.worker_id ?? "",
      worker_name: entry.worker_name,
      trigger_id: entry.trigger_id,
      trigger_name: entry.name,
      due_at: toIso(dueAt),
      ...why,
    });
  }

  /** Different schedules do not wait for each other. */
  async #startDue(now: number): Promise<void> {
    const groups = Map.groupBy(this.#table.listDue(now), ({ row }) => row.trigger_id);
    await pLimit(AT_ONCE).map(groups.values(), (group) => this.#startInOrder(group));
  }

  /**
   * The times of one schedule start in their order, and what keeps the first of them from starting keeps the others: they
   * are tried again together, or an outage of hours would be asked about by each of its times anew.
   */
  async #startInOrder(group: readonly { row: DueRow; entry: ScheduleEntry }[]): Promise<void> {
    let hold: Hold | null = null;
    for (const { row, entry } of group)
      hold = hold ? this.#refused(row, entry, hold) : await this.#start(row, entry);
  }

  /** Answers what keeps the time from starting now; null when it has been dealt with. */
  async #start(row: DueRow, entry: ScheduleEntry): Promise<Hold | null> {
    const expected = this.#table.expectation();
    if (!expected || !this.#table.isDue(row)) return null;
    const key = `sched:${entry.trigger_id}:${toIso(row.due_at)}`;
    try {
      const started = await attempt(async () => {
        const { prepare, after } = this.#deps;
        const request = await within(after, LOOK_UP_MS, () => prepare({ entry, key }));
        this.#admit(row, request, expected.worker_id);
      });
      if (started.ok) return null;
      const { code, message: reason } = started.refusal;
      const final = !problems[code].retryable;
      return this.#refused(row, entry, { code, reason, final, cause: started.refusal });
    } catch (cause) {
      const reason = "The platform could not start the run.";
      return this.#refused(row, entry, { code: "internal", reason, final: false, cause });
    }
  }

  /** No await in here: the run's place in the queue and the record of this time become durable together, or not at all. */
  #admit(row: DueRow, request: AdmitRequest<RunSpec>, workerId: string): void {
    const gone = !this.#table.isDue(row) || request.run.worker_id !== workerId;
    if (gone) throw new AppError("not_found", "The schedule was changed in between.");
    const reply = this.#deps.admit(request);
    if (!("run_id" in reply)) throw refuseAdmission(reply, request.run.worker_name);
    if (reply.kind === "skipped") return this.#recordBusy(row, reply.run_id);
    this.#table.record({
      trigger_id: row.trigger_id,
      due_at: row.due_at,
      status: "started",
      run_id: reply.run_id,
      started_at: this.#deps.clock(),
      code: null,
      reason: null,
    });
  }

  /** The queue took no run in and named the one that is there: the worker skips what does not fit. */
  #recordBusy(row: DueRow, runId: RunId): void {
    this.#table.record({
      trigger_id: row.trigger_id,
      due_at: row.due_at,
      status: "skipped",
      run_id: runId,
      started_at: null,
      code: "busy",
      reason: `${runId} was under way, and the worker skips what does not fit beside it.`,
    });
  }

  /** Writes down what the refusal means for this time; with `retryAt`, no earlier than that. */
  #refused(row: DueRow, entry: ScheduleEntry, refusal: Refusal & { retryAt?: number }): Hold | null {
    if (!this.#table.isDue(row)) return null;
    const { code, reason, final, cause } = refusal;
    const now = this.#deps.clock();
    if (INTENDED.has(code)) {
      this.#table.record(skipped(entry, row.due_at, { code, reason }));
      return null;
    }
    if (!final) log("warn", "schedules.start_failed", { key: row.trigger_id, error: describeError(cause) });
    const late = now - row.due_at > ALERT_MS;
    if (row.alerted === 0 && (final || late)) this.#raise(entry, row.due_at, { code, reason });
    if (final || row.tries >= GIVE_UP_TRIES) {
      const record = skipped(entry, row.due_at, { code, reason });
      this.#table.record({ ...record, status: "failed" });
      return null;
    }
    const delay = Math.min(RETRY_MS * 2 ** row.tries, RETRY_MOST_MS) * (1 + shareOf(row.trigger_id) / 4);
    const retryAt = refusal.retryAt ?? Math.round(now + delay);
    this.#table.postpone({
      ...row,
      tries: row.tries + 1,
      retry_at: retryAt,
      alerted: row.alerted === 1 || late ? 1 : 0,
    });
    return { ...refusal, retryAt };
  }

  async scheduleStates(): Promise<ScheduleState[]> {
    return this.#table.list().map(({ entry, nextAt }) => ({
      trigger_id: entry.trigger_id,
      next_at: nextAt,
      last: this.#table.occurrences(entry.trigger_id, 1)[0] ?? null,
    }));
  }

  /** Lets go of past times from before this, but for each schedule's last. */
  forgetBefore(before: number): void {
    this.#table.forgetBefore(before);
  }

  async listOccurrences(triggerId: string, limit: number): Promise<OccurrenceRecord[]> {
    return this.#table.occurrences(triggerId, limit);
  }
}

function firstTime(entry: ScheduleEntry, now: number): number | null {
  const parsed = parseCron(entry.cron);
  return entry.paused || !parsed.ok ? null : nextFire(parsed.cron, entry.timezone, now);
}

function missedReason(entry: ScheduleEntry): { code: string; reason: string } {
  return {
    code: "missed",
    reason: `Nothing could start at that time, and the schedule says missed: ${entry.missed}.`,
  };
}

function skipped(
  entry: ScheduleEntry,
  dueAt: number,
  why: { code: string; reason: string },
): OccurrenceRecord {
  return {
    trigger_id: entry.trigger_id,
    due_at: dueAt,
    status: "skipped",
    run_id: null,
    started_at: null,
    ...why,
  };
}
