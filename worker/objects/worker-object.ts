import type { RunId } from "#contract/ids";
import { DurableObject } from "cloudflare:workers";
import { outboxDeps } from "../compose/alert-deps.ts";
import { openObjectHost } from "../compose/host.ts";
import { inboxDeps, queueDeps, schedulerDeps } from "../compose/object-deps.ts";
import type { AlertedPlace, AlertEvent, AlertTarget } from "../alerts/outbox-api.ts";
import type { EdgeEnv } from "../env.ts";
import type { WorkerObjectApi } from "../compose/stubs.ts";
import { systemClock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import type { After } from "../platform/within.ts";
import type { RunNotice } from "../runs/record/build-notice.ts";
import { runSpecDocument } from "../runs/spec/run-spec.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import type { AdmitReply, AdmitRequest, IdempotencyClaim, QueueWait } from "../queue/queue-api.ts";
import { Outbox } from "../alerts/outbox.ts";
import { Inbox } from "../hooks/inbox/inbox.ts";
import type { DeliveryFilter, DeliveryRecord, DeliverRequest } from "../hooks/inbox/inbox-api.ts";
import { guardTables } from "../platform/objects/carriers.ts";
import { earliestWake, wakeParts } from "../platform/objects/object-part.ts";
import type { ObjectPart, PartTools } from "../platform/objects/object-part.ts";
import { WakeUp } from "../platform/objects/wake-up.ts";
import { createQueueTable } from "../queue/queue-table.ts";
import { RunQueue } from "../queue/run-queue.ts";
import type { OccurrenceRecord, ScheduleState } from "../schedules/schedule-api.ts";
import { Scheduler } from "../schedules/scheduler.ts";
import { CallRates } from "../tools/call-rates.ts";
import type { RatedCall } from "../tools/call-rates.ts";

/** When everything is tried again after a part failed. */
const FAILED_WAKE_MS = 2000;

/**
 * One per worker: the shell around its parts (the queue of its runs, its schedules, its inbox, its outbox). Owns their
 * tables and the one alarm they share; decides nothing, and never runs anything.
 */
export class WorkerObject extends DurableObject<EdgeEnv> implements WorkerObjectApi {
  readonly #sql: SqlStorage;
  readonly #queue: RunQueue<RunSpec>;
  readonly #inbox: Inbox;
  readonly #scheduler: Scheduler;
  readonly #outbox: Outbox;
  readonly #rates: CallRates;
  readonly #parts: readonly ObjectPart[];
  readonly #after: After;
  /** Rows written and not yet reported with the end of a run. */
  #rows = 0;
  readonly #wakeUp: WakeUp;
  /** The worker is gone, and its tables with it; until the object is evicted it does nothing more. */
  #isErased = false;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#sql = guardTables(ctx.storage.sql);
    const tools: PartTools = {
      sql: this.#sql,
      write: (query, ...values) => this.#write(query, ...values),
      rearm: () => this.#wakeUp.rearm(),
      waitUntil: (work) => ctx.waitUntil(work),
    };
    const host = openObjectHost(env);
    this.#queue = new RunQueue({
      ...tools,
      table: createQueueTable(tools, runSpecDocument),
      ...queueDeps(host, {
        tell: (notice) => this.#outbox.tellOf(notice),
        countRows: (rows) => (this.#rows += rows),
      }),
    });
    this.#outbox = new Outbox({ ...tools, ...outboxDeps(host) });
    this.#scheduler = new Scheduler({
      ...tools,
      ...schedulerDeps(host, (rule) => this.#queue.setActive(rule)),
      admit: (request) => this.#queue.admit(request),
      raise: (event) => {
        log("warn", "schedule.missed", { ...event });
        this.#outbox.scheduleMissed(event);
      },
    });
    this.#inbox = new Inbox({
      ...tools,
      ...inboxDeps(host),
      admit: (request) => this.#queue.admit(request),
    });
    this.#rates = new CallRates({ ...tools, clock: host.clock });
    this.#after = (ms, act) => host.after(ms, act);
    // Schedules first: what is due now is due now, and all else may come a moment later.
    this.#parts = [this.#scheduler, this.#queue, this.#inbox, this.#outbox];
    this.#wakeUp = new WakeUp(ctx, {
      clock: systemClock,
      wish: () => (this.#isErased ? null : earliestWake(this.#parts)),
      retryMs: FAILED_WAKE_MS,
      failedEvent: "worker.wake_failed",
      countRow: () => (this.#rows += 1),
    });
    this.#wakeUp.recall();
  }

  #write(query: string, ...values: SqlStorageValue[]): void {
    const cursor = this.#sql.exec(query, ...values);
    cursor.toArray();
    this.#rows += cursor.rowsWritten;
  }

  async admit(request: AdmitRequest<RunSpec>): Promise<AdmitReply> {
    return this.#queue.admit(request);
  }

  async release(runId: string, notice?: RunNotice): Promise<number> {
    this.#queue.release(runId);
    if (notice) this.#outbox.tellOf(notice);
    const rows = this.#rows;
    this.#rows = 0;
    return rows;
  }

  async tellOf(notice: RunNotice): Promise<void> {
    this.#outbox.tellOf(notice);
  }

  async takeCall(call: RatedCall) {
    if (this.#isErased) throw new Error("The worker is gone.");
    return this.#rates.take(call);
  }

  async nudge(): Promise<void> {
    this.#queue.startDue();
  }

  async findByKey(claim: IdempotencyClaim) {
    return this.#queue.findByKey(claim);
  }

  async forbid(claim: IdempotencyClaim, runId: RunId) {
    return this.#queue.forbid(claim, runId);
  }

  async tell(runId: string): Promise<boolean> {
    return this.#queue.tell(runId);
  }

  async queueWait(runId: string): Promise<QueueWait | null> {
    return this.#queue.describeWait(runId);
  }

  async awaits(runId: string): Promise<boolean> {
    return this.#queue.awaits(runId);
  }

  async pausedMs(runId: string): Promise<number> {
    return this.#queue.pausedMs(runId);
  }

  async endPatience(): Promise<void> {
    this.#queue.endPatience();
  }

  async setPaused(paused: boolean): Promise<void> {
    this.#queue.setPaused(paused);
  }

  async setThrottled(throttled: boolean): Promise<void> {
    this.#queue.setThrottled(throttled);
  }

  async expectTriggers(workerId: string): Promise<void> {
    await this.#scheduler.expectTriggers(workerId);
  }

  async settleTriggers(): Promise<void> {
    await this.#scheduler.settleTriggers();
  }

  async scheduleStates(): Promise<ScheduleState[]> {
    return this.#scheduler.scheduleStates();
  }

  async listOccurrences(triggerId: string, limit: number): Promise<OccurrenceRecord[]> {
    return this.#scheduler.listOccurrences(triggerId, limit);
  }

  async listQueued() {
    return this.#queue.listRuns();
  }

  async forgetBefore(before: number): Promise<void> {
    this.#inbox.forgetBefore(before);
    this.#outbox.forgetBefore(before);
    this.#scheduler.forgetBefore(before);
  }

  async erase(): Promise<boolean> {
    if (this.#isErased) return true;
    if (this.#queue.listRuns().length > 0) return false;
    await this.#inbox.deleteBodies();
    await this.#wakeUp.disarm();
    await this.ctx.storage.deleteAll();
    this.#isErased = true;
    return true;
  }

  async syncAlerts(place: AlertedPlace) {
    return this.#outbox.refresh(place);
  }

  async setAlertDisabled(alertId: string, reason: string | null): Promise<void> {
    this.#outbox.setDisabled(alertId, reason);
  }

  async raiseAlert(event: AlertEvent): Promise<void> {
    this.#outbox.raise(event);
  }

  async testAlert(target: AlertTarget, event: AlertEvent) {
    return this.#outbox.test(target, event);
  }

  async listAlertDeliveries(alertId: string, limit: number) {
    return this.#outbox.list(alertId, limit);
  }

  async redeliverAlert(alertId: string, deliveryId: string) {
    return this.#outbox.redeliver(alertId, deliveryId);
  }

  async deliver(request: DeliverRequest) {
    return this.#inbox.deliver(request);
  }

  async noteUnsigned(delivery: DeliveryRecord): Promise<void> {
    return this.#inbox.noteUnsigned(delivery);
  }

  async listDeliveries(filter: DeliveryFilter): Promise<DeliveryRecord[]> {
    return this.#inbox.listDeliveries(filter);
  }

  async findDelivery(triggerId: string, deliveryId: string): Promise<DeliveryRecord | null> {
    return this.#inbox.findDelivery(triggerId, deliveryId);
  }

  override async alarm(): Promise<void> {
    if (this.#isErased) return;
    await this.#wakeUp.answer(async () => {
      const failures = await wakeParts(this.#parts, systemClock(), this.#after);
      if (failures.length > 0) throw new AggregateError(failures, failures.map(describeError).join("; "));
      this.#wakeUp.rearm();
    });
  }
}
