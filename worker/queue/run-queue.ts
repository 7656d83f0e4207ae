import type { RunId } from "#contract/ids";
import { limits } from "#contract/limits";
import { describeError, log } from "../platform/log.ts";
import * as admission from "./admission.ts";
import type { QueueEntry, QueueRule, QueueTerms } from "./admission.ts";
import { Handover } from "./handover.ts";
import type { HandoverDeps, Told } from "./handover.ts";
import type {
  AdmitReply,
  AdmitRequest,
  ConcurrencyRule,
  IdempotencyClaim,
  QueuedRun,
  QueueWait,
} from "./queue-api.ts";
import type { KnownKey, QueueTable } from "./queue-table.ts";

/** When the object looks whether those it has just told know. */
const LOOK_MS = 2000;
/** Those that hold a place are asked again after so long: while somebody waits for it, else at least, and at most. */
const SWEEP_MS = 300_000;
const QUIET_SWEEP_MS = 900_000;
const MOST_SWEEP_MS = 1_800_000;
/** So long the lists wait for company. */
const ENLIST_MS = 30;
/** Runs that one call puts into the lists. */
const MOST_ENLISTED = 50;
/**
 * A run that waits need not have an object of its own as long as nobody asks for it: it is told after so long, when its
 * turn or whoever looks at it has not come before. One that may not wait for an hour is told at once, for its own object
 * is what ends its patience.
 */
const HOLD_MS = 60_000;
const PATIENT_SECONDS = 3600;
/** So many waiting runs must have been told before that is worth a row. */
const NOTE_TOLD = 50;

export interface RunQueueDeps<Run extends QueuedRun> extends HandoverDeps<Run> {
  table: QueueTable<Run>;
  /** Puts runs that wait into the lists of runs, until their own objects see to that. Those that are there stay as they are. */
  enlist: (runs: readonly Run[]) => Promise<void>;
  /** To be called whenever `nextWake` may have become earlier. */
  rearm: () => void;
  /** Goes on with work behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
  /** The decisions; tests put wrong ones in to see them found. */
  decide?: Pick<typeof admission, "admit" | "dueToStart">;
}

/**
 * A worker's queue. A run stays in it from admission until its RunObject reports its end, so that a message which got
 * lost is repeated by the alarm. A wake-up only begins what is to be told, and waits for nobody.
 * The entries are held in memory too, read once from the table, and every change is written before it counts.
 */
export class RunQueue<Run extends QueuedRun> {
  readonly #deps: RunQueueDeps<Run>;
  readonly #decide: Pick<typeof admission, "admit" | "dueToStart">;
  readonly #handover: Handover<Run>;
  /** Until when waiting runs are not told, by their numbers. Forgotten with the object, they are told sooner. */
  readonly #heldUntil = new Map<number, number>();
  /** Runs that came in since the last of them were put into the lists. */
  #unlisted: Run[] = [];
  #isEnlisting = false;
  #entries: QueueEntry[];
  #terms: QueueTerms;
  #wakeAt: number | null = null;
  #sweptAt: number;
  /** Every run up to this number that waits has been told so, by whichever life of the object. */
  #toldUpTo: number;
  /** Never given out twice in one life of the object: a message under way may still hold an old one. */
  #lastSeq: number;

  constructor(deps: RunQueueDeps<Run>) {
    this.#deps = deps;
    this.#decide = deps.decide ?? admission;
    const { entries, toldUpTo, refusals, ...terms } = deps.table.load();
    this.#handover = new Handover(deps, {
      refusals,
      note: (runId, count) => deps.table.noteRefusals(runId, count),
    });
    this.#entries = entries;
    this.#toldUpTo = toldUpTo;
    this.#terms = terms;
    this.#sweptAt = deps.clock();
    this.#lastSeq = entries.at(-1)?.seq ?? 0;
    // Who came last was told by the life before this one, or by the alarm that it had set for that.
    if (entries.length > 0) this.#wakeAt = this.#nextSweep();
  }

  /**
   * A sweep finds what was lost without a word, which happens seldom. Where everybody has a place already it grows rarer:
   * it waits twice as long as the newest of them had been there at the last one. That is read from the entries, since an
   * object that sleeps in between remembers nothing else.
   */
  #nextSweep(): number {
    const newest = this.#entries.at(-1)?.arrived_at ?? 0;
    const somebodyWaits = this.#entries.some((entry) => !entry.started || entry.superseded);
    if (somebodyWaits) return this.#sweptAt + SWEEP_MS;
    const quietMs = this.#sweptAt - newest;
    return this.#sweptAt + Math.max(QUIET_SWEEP_MS, Math.min(MOST_SWEEP_MS, 2 * quietMs));
  }

  admit({ run, idempotency, concurrency }: AdmitRequest<Run>): AdmitReply {
    const use = idempotency ? this.findByKey(idempotency) : null;
    if (use && use.kind !== "new") return use;
    const newcomer = this.#buildEntry(run, concurrency);
    const depth = limits.queue_runs.value;
    const asked = { rule: concurrency, depth, ...this.#terms };
    const decision = this.#decide.admit(this.#entries, newcomer, asked);
    if (decision.kind === "full") return decision;
    // The key is not used up: it has started nothing, and the run that is there is somebody else's.
    if (decision.kind === "skip") return { kind: "skipped", run_id: decision.run_id };
    const started = decision.kind === "start";
    this.#lastSeq = newcomer.seq;
    const claim = idempotency && { name: idempotency.key, known: this.#knownBy(idempotency, run.run_id) };
    const now = this.#deps.clock();
    const entry = started ? { ...newcomer, started, placed_at: now } : newcomer;
    this.#deps.table.insert(entry, run, claim);
    this.#entries = [...this.#entries, entry];
    for (const runId of decision.supersede) this.#supersede(runId);
    if (!started && (run.queue_ttl_seconds ?? 0) >= PATIENT_SECONDS) {
      this.#heldUntil.set(newcomer.seq, now + HOLD_MS);
      this.#wakeBy(now + HOLD_MS);
      this.#enlist(run);
    } else {
      this.#wakeBy(now + LOOK_MS);
      this.#deps.waitUntil(this.#deliver(entry, run));
    }
    // Places may have been kept free for one that waits no more.
    if (decision.supersede.length > 0) this.startDue();
    return { kind: "admitted", run_id: run.run_id, started, wait: this.describeWait(run.run_id) };
  }

  #buildEntry({ run_id, priority }: QueuedRun, { key, limit, total }: ConcurrencyRule): QueueEntry {
    const last = this.#entries.at(-1);
    return {
      seq: this.#lastSeq + 1,
      run_id,
      key,
      priority,
      arrived_at: Math.max(this.#deps.clock(), last?.arrived_at ?? 0),
      started: false,
      superseded: false,
      own: { limit, total },
    };
  }

  /** The run an idempotency key has started within a day. */
  findByKey({ key, digest }: IdempotencyClaim): admission.KeyUse {
    const now = this.#deps.clock();
    return admission.checkKey(this.#deps.table.findKey(key, now), { digest, now });
  }

  /** From now on the key finds `runId`, and starts nothing; a run that it has started already is answered. */
  forbid(claim: IdempotencyClaim, runId: RunId): admission.KeyUse {
    const use = this.findByKey(claim);
    if (use.kind === "new") this.#deps.table.putKey(claim.key, this.#knownBy(claim, runId));
    return use;
  }

  #knownBy({ digest }: IdempotencyClaim, runId: RunId): KnownKey {
    const expiresAt = this.#deps.clock() + limits.idempotency_seconds.value * 1000;
    return { run_id: runId, digest, expires_at: expiresAt };
  }

  #replace(changed: QueueEntry): void {
    this.#entries = this.#entries.map((entry) => (entry.seq === changed.seq ? changed : entry));
  }

  #supersede(runId: string): void {
    const entry = this.#entries.find((candidate) => candidate.run_id === runId);
    const run = entry && this.#findRun(entry);
    if (!entry || !run) return;
    const superseded = { ...entry, superseded: true };
    this.#deps.table.markSuperseded(entry.seq);
    this.#replace(superseded);
    this.#deps.waitUntil(this.#deliver(superseded, run));
  }

  /** Undefined for a run that cannot be read, which a newer version wrote: it stays, and the others do not wait for it. */
  #findRun({ seq, run_id }: QueueEntry): Run | undefined {
    try {
      return this.#deps.table.findRun(seq);
    } catch (error) {
      log("error", "queue.run_unreadable", { run_id, error: describeError(error) });
      return undefined;
    }
  }

  async #deliver(entry: QueueEntry, run: Run): Promise<void> {
    this.#noteTold(entry, await this.#handover.tell(entry, run));
  }

  /** What comes in while one call for the lists is under way goes with the next one: a flood costs few of them. */
  #enlist(run: Run): void {
    this.#unlisted.push(run);
    if (!this.#isEnlisting) this.#deps.waitUntil(this.#enlistAll());
  }

  async #enlistAll(): Promise<void> {
    this.#isEnlisting = true;
    // Behind the answers that are on their way, and with those who come meanwhile.
    await new Promise<void>((resolve) => this.#deps.after(ENLIST_MS, resolve));
    try {
      while (this.#unlisted.length > 0) await this.#deps.enlist(this.#unlisted.splice(0, MOST_ENLISTED));
    } catch (error) {
      // Its own object puts a run there as well, once it is told.
      log("warn", "queue.enlist_failed", { error: describeError(error) });
    } finally {
      this.#isEnlisting = false;
    }
  }

  /** See QueueApi. */
  async tell(runId: string): Promise<boolean> {
    const entry = this.#entries.find((known) => known.run_id === runId);
    const run = entry && this.#handover.owes(entry) ? this.#findRun(entry) : undefined;
    if (entry && run) await this.#deliver(entry, run);
    return entry !== undefined;
  }

  /** See QueueApi. */
  awaits(runId: string): boolean {
    const entry = this.#entries.find((known) => known.run_id === runId);
    if (entry === undefined || this.#handover.hasGivenUp(runId)) return false;
    this.#handover.hear(runId);
    return true;
  }

  #noteTold(entry: QueueEntry, told: Told): void {
    if (told === "ended") this.release(entry.run_id);
    if (told === "unknown") this.#wakeBy(this.#handover.retryAt(entry));
  }

  #wakeBy(at: number): void {
    if (this.#wakeAt === null || this.#wakeAt > at) this.#wakeAt = at;
    this.#deps.rearm();
  }

  /** Those who may not know yet what their entry says. */
  #untold(): QueueEntry[] {
    return this.#entries.filter(
      (entry) =>
        this.#handover.owes(entry) && (entry.started || entry.superseded || entry.seq > this.#toldUpTo),
    );
  }

  /** Whether it waits and is left alone for now. */
  #isHeld({ seq, started, superseded }: QueueEntry, now: number): boolean {
    return !started && !superseded && now < (this.#heldUntil.get(seq) ?? 0);
  }

  /** A run has ended: its place is free. A repeat changes nothing. */
  release(runId: string): void {
    const known = this.#entries.find((entry) => entry.run_id === runId);
    if (known) {
      this.#deps.table.remove(known);
      this.#handover.forget(known);
      this.#heldUntil.delete(known.seq);
      this.#entries = this.#entries.filter((entry) => entry.run_id !== runId);
    }
    this.startDue();
  }

  /** Starts the runs whose turn it is. */
  startDue(): void {
    for (const entry of this.#decide.dueToStart(this.#entries, this.#terms)) {
      const run = this.#findRun(entry);
      if (!run) continue;
      const now = this.#deps.clock();
      const started = { ...entry, started: true, placed_at: now };
      this.#deps.table.markStarted(entry.seq, now);
      this.#replace(started);
      this.#deps.waitUntil(this.#deliver(started, run));
    }
  }

  /** Paused: those that wait go on waiting. Resumed: whoever may, starts. */
  setPaused(paused: boolean): void {
    if (paused === this.#terms.paused) return;
    const now = this.#deps.clock();
    this.#deps.table.setPaused(paused);
    if (paused) this.#deps.table.beginPause(now);
    else this.endPatience();
    this.#terms = { ...this.#terms, paused };
    this.startDue();
  }

  /** Throttled: one run at a time; those under way go on. */
  setThrottled(throttled: boolean): void {
    if (throttled === (this.#terms.throttled ?? false)) return;
    this.#deps.table.setThrottled(throttled);
    this.#terms = { ...this.#terms, throttled };
    this.startDue();
  }

  /** The pause goes on counting for nobody; see QueueApi. */
  endPatience(): void {
    const now = this.#deps.clock();
    this.#deps.table.endPause(now, this.#entries[0]?.arrived_at ?? now);
  }

  /** How long the worker has been paused since the run came; 0 when it is not here. */
  pausedMs(runId: string): number {
    const entry = this.#entries.find((known) => known.run_id === runId);
    const now = this.#deps.clock();
    return entry === undefined
      ? 0
      : this.#deps.table
          .pauses()
          .reduce(
            (sum, { since, until }) => sum + Math.max(0, (until ?? now) - Math.max(since, entry.arrived_at)),
            0,
          );
  }

  /** What the version says that is active now; it holds from now on, for those that wait already, too. */
  setActive({ limit, total, on_conflict }: QueueRule): void {
    const { active } = this.#terms;
    const rule = { limit, total, on_conflict };
    if (active && JSON.stringify(active) === JSON.stringify(rule)) return;
    this.#deps.table.setActive(rule);
    this.#terms = { ...this.#terms, active: rule };
    this.startDue();
  }

  /** What a run waits for here; null when it does not wait. */
  describeWait(runId: string): QueueWait | null {
    return admission.describeWait(this.#entries, runId, this.#terms);
  }

  /** Every run that has a place in the queue. */
  listRuns(): { run_id: string; started: boolean }[] {
    return this.#entries.map(({ run_id, started }) => ({ run_id, started }));
  }

  nextWake(): number | null {
    return this.#wakeAt;
  }

  /**
   * Repeats what may have been lost: messages, starts that became possible, keys that have expired. Those that hold a
   * place are asked every few minutes; who waits holds nothing and is told once, and again when its turn comes.
   */
  async wake(now: number): Promise<void> {
    this.startDue();
    if (now >= this.#nextSweep()) {
      this.#handover.askAgain(this.#entries);
      this.#sweptAt = now;
    }
    this.#noteToldUpTo();
    const untold = this.#untold().filter((entry) => !this.#isHeld(entry, now));
    for (const entry of this.#handover.due(untold, now)) {
      const run = this.#findRun(entry);
      if (run) this.#deps.waitUntil(this.#deliverInTurn(entry, run));
    }
    this.#deps.table.forgetKeys(now);
    const sweepAt = this.#entries.length > 0 ? this.#nextSweep() : null;
    this.#wakeAt = this.#handover.nextAt(untold, now) ?? sweepAt;
    const heldUntil = this.#nextHeld(now);
    if (heldUntil !== null) this.#wakeBy(heldUntil);
  }

  /** When the first of those that are left alone is to be told; null for none. */
  #nextHeld(now: number): number | null {
    for (const [seq, until] of this.#heldUntil) {
      if (until <= now) this.#heldUntil.delete(seq);
      else return until;
    }
    return null;
  }

  async #deliverInTurn(entry: QueueEntry, run: Run): Promise<void> {
    this.#noteTold(entry, await this.#handover.tellInTurn(entry, run));
  }

  /** Writes down how far those that wait have been told, so that the next life of the object need not begin again. */
  #noteToldUpTo(): void {
    const [first] = this.#untold().filter((entry) => !entry.started && !entry.superseded);
    const upTo = first ? first.seq - 1 : this.#lastSeq;
    const gained = admission.lineUp(this.#entries).filter(({ seq }) => seq > this.#toldUpTo && seq <= upTo);
    if (gained.length < NOTE_TOLD) return;
    this.#deps.table.setToldUpTo(upTo);
    this.#toldUpTo = upTo;
  }
}
