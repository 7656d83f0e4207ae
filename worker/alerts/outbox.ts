import type { AlertDelivery, DeliveryAttempt } from "#contract/alerts/alert";
import { MANIFEST_ALERT } from "#contract/alerts/alert";
import { missedStartKey } from "#contract/event-subscriptions/subscription";
import type { EventOccurrence } from "#contract/event-subscriptions/subscription";
import {
  buildManifestTarget,
  buildMessage,
  buildMissedEvent,
  buildRunEvent,
  buildSpendEvents,
  topicOf,
} from "./build-message.ts";
import type { ScheduleMiss } from "./build-message.ts";
import { describeDelivery } from "./describe-delivery.ts";
import { buildMissedOccurrence, buildOccurrences } from "./listeners/build-occurrence.ts";
import { chooseToLeave, laneOf, mayLeave } from "./lanes.ts";
import type { Lane, Traffic } from "./lanes.ts";
import { missedStartDocument } from "./missed-start.ts";
import type { MissedStart } from "./missed-start.ts";
import { alertTargetDocument } from "./outbox-api.ts";
import type { AlertedPlace, AlertEvent, AlertState, AlertTarget, RedeliverReply } from "./outbox-api.ts";
import { listDelaysMs, listenerDelaysMs, planNext, retryDelaysMs } from "./retry-schedule.ts";
import type { OutgoingMessage, SendResult } from "./send-delivery.ts";
import type { RunNotice } from "../runs/record/build-notice.ts";
import { toIso } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import type { ObjectPart, PartTools } from "../platform/objects/object-part.ts";
import { isMessage, OutboxTable } from "./outbox-table.ts";
import type { Channel, DeliveryRow, KnownTarget, MessageRow } from "./outbox-table.ts";

/** How long an attempt may be under way before the alarm looks again; longer than any attempt lasts. */
const LEASE_MS = 30_000;

export interface OutboxDeps extends PartTools {
  clock: Clock;
  /** Origin of the pages that links lead to; empty where nobody has said it. */
  publicUrl: string;
  loadTargets: (place: AlertedPlace) => Promise<AlertTarget[]>;
  newDeliveryId: (nowMs: number) => string;
  /** Makes one attempt; whatever goes wrong is in its answer. */
  send: (outgoing: OutgoingMessage) => Promise<SendResult>;
  /** Puts a missed start on the list of those. Repeatable. */
  listMissed: (missed: MissedStart) => Promise<void>;
}

/** Whose a missed start is until it is on the list: no alert has this name. */
const MISSED = "missed starts";

/**
 * What a worker's alerts have sent and have still to send. A message is a row from the moment it is raised until it is
 * delivered or given up, so that it is sent at least once, always under the same id. A missed start is a row as well, until
 * it is on the list of those. A worker without either has no rows. A receiver that is slow or dead delays its own messages
 * and nobody else's.
 */
export class Outbox implements ObjectPart {
  readonly #deps: OutboxDeps;
  readonly #table: OutboxTable;
  #targets: Map<string, KnownTarget> | undefined;
  /** Under way, by `dedupe`: until when, and to whom. */
  readonly #sending = new Map<string, { until: number; lane: Lane }>();
  /** Receivers that did not answer when they were asked last. */
  readonly #silent = new Set<Lane>();
  #wakeAt: number | null = null;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#table = new OutboxTable(deps);
    this.#lookAhead();
  }

  /** Read when they are first asked for: one that cannot be read must not keep the worker's other parts from opening. */
  get #known(): Map<string, KnownTarget> {
    this.#targets ??= this.#table.targets();
    return this.#targets;
  }

  /** Reads the targets made by the API anew, one reading after the other: what was read last is what stays. */
  refresh(place: AlertedPlace): Promise<AlertState[]> {
    const read = this.#reading.then(async () => this.sync(await this.#deps.loadTargets(place)));
    this.#reading = read.catch(() => undefined);
    return read;
  }

  /** Replaces the targets made by the API; one whose address changed is no longer stopped. */
  sync(targets: readonly AlertTarget[]): AlertState[] {
    for (const id of Array.from(this.#known.keys()))
      if (id !== MANIFEST_ALERT && !targets.some((target) => target.id === id)) this.#forget(id);

    for (const target of targets) this.#learn(target);
    return [...this.#known].map(([id, { disabled }]) => ({ id, disabled_reason: disabled }));
  }

  #forget(alertId: string): void {
    this.#known.delete(alertId);
    this.#table.deleteTarget(alertId);
    this.#lookAhead();
  }

  #learn(target: AlertTarget): void {
    const known = this.#known.get(target.id);
    if (known && JSON.stringify(known.target) === JSON.stringify(target)) return;
    this.#put(target, this.#disabledReason(target));
  }

  #put(target: AlertTarget, disabled: string | null): void {
    this.#known.set(target.id, { target, disabled });
    this.#table.putTarget({ target, disabled });
  }

  /** A stop holds for the address it was made for. */
  #disabledReason(target: AlertTarget): string | null {
    const known = this.#known.get(target.id);
    return known && known.target.url === target.url ? known.disabled : null;
  }

  /** Stops posts to a target, or starts them again (null). */
  setDisabled(alertId: string, reason: string | null): void {
    const known = this.#known.get(alertId);
    if (known && known.disabled !== reason) this.#put(known.target, reason);
  }

  /** Something has become of a run: tells those who asked, and whom its version's `notify` names. */
  tellOf(notice: RunNotice): void {
    const event = buildRunEvent(notice);
    const place = { workspace_id: notice.workspace_id, worker_id: notice.worker_id, id: MANIFEST_ALERT };
    if (event) this.raise(event, buildManifestTarget(notice.notify, place));
    for (const near of buildSpendEvents(notice)) this.raise(near);
    for (const occurrence of buildOccurrences(notice)) this.#tellListeners(occurrence);
  }

  /** An expected start did not happen. No await in here: it becomes durable together with what the caller writes. */
  scheduleMissed(missed: ScheduleMiss): void {
    const at = this.#deps.clock();
    this.#keepMissed(missed, at);
    this.raise(buildMissedEvent(missed, { publicUrl: this.#deps.publicUrl, at }));
    this.#tellListeners(buildMissedOccurrence(missed, at));
  }

  /** Holds a missed start until it is on the list of those, also where nobody has asked to be told. */
  #keepMissed(missed: ScheduleMiss, now: number): void {
    const { worker_id, trigger_id, trigger_name: name, code, reason } = missed;
    const times = { due_at: Date.parse(missed.due_at), noted_at: now };
    const entry = missedStartDocument.write({ worker_id, trigger_id, name, code, reason, ...times });
    const dedupe = `schedule.missed:${missedStartKey(missed)}:list`;
    const [id, body] = [this.#deps.newDeliveryId(now), JSON.stringify(entry)];
    this.#table.insert({ dedupe, channel: "list", id, alert_id: MISSED, target: null, body }, now);
    this.#lookAhead();
    this.#deps.rearm();
  }

  /** Puts an event on the record for each address that is to be told. The same event again changes nothing. */
  #tellListeners(occurrence: EventOccurrence): void {
    const now = this.#deps.clock();
    const asked = [...this.#known.values()].flatMap(({ target }) => {
      const { listener } = target;
      return listener?.event === occurrence.name && listener.expires_at > now ? target : [];
    });
    if (asked.length === 0) return;
    for (const { id } of asked) {
      const [dedupe, delivery] = [`${occurrence.eventId}:${id}`, this.#deps.newDeliveryId(now)];
      const body = JSON.stringify(occurrence);
      this.#table.insert({ dedupe, channel: "webhook", id: delivery, alert_id: id, target: null, body }, now);
    }
    this.#table.prune(now);
    this.#lookAhead();
    this.#deps.rearm();
  }

  /** Puts a message to everybody who asked for this on the record. The same event again changes nothing. */
  raise(event: AlertEvent, manifest: AlertTarget | null = null): void {
    const topic = topicOf(event.type);
    const ours = [...this.#known.values()].flatMap(({ target }) =>
      target.id === MANIFEST_ALERT ? [] : target,
    );
    const asked = (manifest ? [...ours, manifest] : ours).filter(
      ({ events }) => topic !== null && events.includes(topic),
    );
    if (asked.length === 0) return;
    for (const target of asked) {
      for (const channel of this.#channelsOf(target))
        this.#enqueue(target, { event, channel, copy: target === manifest });
    }
    this.#table.prune(this.#deps.clock());
    this.#lookAhead();
    this.#deps.rearm();
  }

  #channelsOf(target: AlertTarget): Channel[] {
    const canPost = target.url !== null && this.#disabledReason(target) === null;
    return [
      ...(canPost ? ["webhook" as const] : []),
      ...(target.email_to.length > 0 ? ["email" as const] : []),
    ];
  }

  /** Answers the message's `dedupe`, whether it is new or was there. */
  #enqueue(target: AlertTarget, what: { event: AlertEvent; channel: Channel; copy: boolean }): string {
    const { event, channel } = what;
    const now = this.#deps.clock();
    const dedupe = `${event.type}:${event.key}:${target.id}:${channel}`;
    this.#table.insert(
      {
        dedupe,
        channel,
        id: this.#deps.newDeliveryId(now),
        alert_id: target.id,
        target: what.copy ? JSON.stringify(alertTargetDocument.write(target)) : null,
        body: JSON.stringify(buildMessage(event)),
      },
      now,
    );
    return dedupe;
  }

  /** Sends a test once, now; a stopped target is tried too, so that one can see whether it is well again. */
  async test(target: AlertTarget, event: AlertEvent): Promise<AlertDelivery[]> {
    const channels: Channel[] = [
      ...(target.url === null ? [] : ["webhook" as const]),
      ...(target.email_to.length > 0 ? ["email" as const] : []),
    ];
    const keys = channels.map((channel) => this.#enqueue(target, { event, channel, copy: true }));
    const rows = () => keys.flatMap((dedupe) => this.#table.find(dedupe) ?? []).filter(isMessage);
    await Promise.all(rows().map((row) => this.#attempt(row)));
    return rows().map((row) => this.#describe(row));
  }

  /** An alert's messages, newest first. */
  list(alertId: string, limit: number): AlertDelivery[] {
    return this.#table.list(alertId, limit).map((row) => this.#describe(row));
  }

  /** Puts a message back in line, with the whole schedule before it. */
  redeliver(alertId: string, deliveryId: string): RedeliverReply {
    const row = this.#table.findById(alertId, deliveryId);
    const target = row && this.#targetOf(row);
    if (!row || !target) return { kind: "missing" };
    if (this.#sending.has(row.dedupe)) return { kind: "under_way" };
    const reason = row.channel === "webhook" ? this.#disabledReason(target) : null;
    if (reason !== null) return { kind: "disabled", reason };
    this.#table.requeue(row.dedupe, this.#deps.clock());
    this.#lookAhead();
    this.#deps.rearm();
    return { kind: "waiting", delivery: this.#describe(this.#table.findById(alertId, deliveryId) ?? row) };
  }

  #targetOf(row: DeliveryRow): AlertTarget | undefined {
    return row.target === null
      ? this.#known.get(row.alert_id)?.target
      : alertTargetDocument.readText(row.target);
  }

  #describe(row: MessageRow): AlertDelivery {
    const target = this.#targetOf(row);
    const destination = row.channel === "email" ? target?.email_to.join(", ") : target?.url;
    return describeDelivery({ ...row, destination: destination ?? "" });
  }

  /** Lets go of finished messages from before this, and of those older than they are kept anyway. */
  forgetBefore(before: number): void {
    this.#table.prune(this.#deps.clock(), before);
  }

  nextWake(): number | null {
    return this.#wakeAt;
  }

  #lookAhead(): void {
    const traffic = this.#traffic();
    // For who may not leave, waking up would find nothing to do: whoever ends looks ahead again.
    const due = this.#table
      .earliest([...this.#sending.keys()])
      .filter((row) => mayLeave(traffic, laneOf(row)))
      .map(({ at }) => at);
    const times = [...due, ...Array.from(this.#sending.values(), ({ until }) => until)];
    this.#wakeAt = times.length > 0 ? Math.min(...times) : null;
  }

  #traffic(): Traffic {
    return { sending: Array.from(this.#sending.values(), ({ lane }) => lane), silent: this.#silent };
  }

  /** Starts the attempts that are due. They go on behind the alarm, so that a slow receiver holds nobody up. */
  async wake(now: number): Promise<void> {
    for (const [dedupe, { until }] of this.#sending) if (until <= now) this.#sending.delete(dedupe);
    const due = this.#table.due(now, [...this.#sending.keys()]);
    for (const row of chooseToLeave(due, this.#traffic())) this.#deps.waitUntil(this.#attempt(row));

    this.#lookAhead();
  }

  async #attempt(row: DeliveryRow): Promise<void> {
    const startedAt = this.#deps.clock();
    this.#sending.set(row.dedupe, { until: startedAt + LEASE_MS, lane: laneOf(row) });
    try {
      const result = await this.#send(row);
      if (result.verdict === "failed" && result.status_code === null) this.#silent.add(laneOf(row));
      else this.#silent.delete(laneOf(row));
      // A target that was deleted meanwhile took the row with it.
      if (this.#table.find(row.dedupe)) this.#note(row, startedAt, result);
    } catch (error) {
      // The row still waits: the alarm tries it again.
      log("error", "alert.attempt_failed", { delivery_id: row.id, error: describeError(error) });
    } finally {
      this.#sending.delete(row.dedupe);
      this.#lookAhead();
      this.#deps.rearm();
    }
  }

  async #send(row: DeliveryRow): Promise<SendResult> {
    if (!isMessage(row)) return this.#putOnList(row);
    const target = this.#targetOf(row);
    const reason = target && row.channel === "webhook" && !isTest(row) ? this.#disabledReason(target) : null;
    if (!target || reason !== null) {
      const error = reason === null ? "The alert is gone." : `Not sent: ${reason}`;
      return { verdict: "gone", status_code: null, error, response_sample: null };
    }
    return this.#deps.send({ delivery_id: row.id, channel: row.channel, target, body: row.body });
  }

  async #putOnList({ body }: DeliveryRow): Promise<SendResult> {
    const nothing = { status_code: null, response_sample: null };
    try {
      await this.#deps.listMissed(missedStartDocument.readText(body));
      return { verdict: "delivered", error: null, ...nothing };
    } catch (cause) {
      const error = describeError(cause);
      log("warn", "schedule.missed_unlisted", { error });
      return { verdict: "failed", error, ...nothing };
    }
  }

  #note(row: DeliveryRow, startedAt: number, { verdict, ...result }: SendResult): void {
    const isList = !isMessage(row);
    if (isList && verdict === "delivered") return this.#table.remove(row.dedupe);
    const now = this.#deps.clock();
    const attempt: DeliveryAttempt = {
      at: toIso(startedAt),
      outcome: verdict === "delivered" ? "delivered" : "failed",
      duration_ms: Math.max(0, now - startedAt),
      ...result,
    };
    const target = this.#targetOf(row);
    const delaysMs = isList ? listDelaysMs : target?.listener ? listenerDelaysMs : retryDelaysMs;
    this.#table.note(row, {
      attempt,
      ...planNext(verdict, { tries: row.tries + 1, once: isTest(row), now, delaysMs, endless: isList }),
    });
    if (verdict === "ended") this.#forget(row.alert_id);
    if (verdict === "gone" && result.status_code !== null && target) this.#put(target, result.error);
  }
}

function isTest({ dedupe }: DeliveryRow): boolean {
  return dedupe.startsWith("alert.test:");
}
