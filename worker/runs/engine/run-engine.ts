import type { ArtifactId } from "#contract/ids";
import type { RunSummary } from "#contract/runs/run";
import type { RunEvent } from "#contract/runs/run-event";
import type { JournalAnswer } from "#contract/runner/runner";
import type { Clock } from "../../platform/clock.ts";
import type { Files } from "../../platform/files.ts";
import { describeError, log } from "../../platform/log.ts";
import type { Meter } from "../../platform/meter.ts";
import type { SandboxDriver } from "../../sandboxes/driver.ts";
import { archiveRun } from "../record/archive.ts";
import { buildEvents } from "../record/build-events.ts";
import { buildMilestones } from "../record/build-milestones.ts";
import { buildSummary, buildView, extendSummary } from "../record/build-view.ts";
import { HoldDesk } from "./hold-desk.ts";
import type { HoldDeps } from "./hold-duties.ts";
import { emptySummary, type Journal, type JournalSummary, type RunRecord } from "../record/journal.ts";
import { buildNotice, type RunNotice } from "../record/build-notice.ts";
import { buildLaunch } from "./launch.ts";
import { acceptRun, isOverdue, nextWake, step } from "../lifecycle/lifecycle.ts";
import { buildTimes, type Moment, type RunEffect, type RunInput, type Step } from "../lifecycle/run-state.ts";
import { pullJournal } from "../record/pull-journal.ts";
import type { RunView } from "../record/run-api.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { settle } from "./settle.ts";
import { parseEntry, takeBytes } from "../record/take-journal.ts";

/** All that a run's engine touches outside its own tables. */
export interface EngineDeps {
  journal: Journal;
  files: Files;
  driver: SandboxDriver;
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  newArtifactId: () => ArtifactId;
  mintRunToken: (runId: string) => Promise<string>;
  resolveSecrets: (workspaceId: string, names: readonly string[]) => Promise<Record<string, string>>;
  /** Writes the run's row for lists; answers the rows that cost. */
  project: (workspaceId: string, workerId: string, summary: RunSummary) => Promise<number>;
  /** Gives the place in the queue back and tells the worker's alerts; answers the rows written there since last time. */
  release: (workerId: string, runId: string, news?: RunNotice) => Promise<number>;
  /** Asks the worker's queue to look again at what may start. */
  nudge: (workerId: string) => Promise<void>;
  broadcast: (events: readonly RunEvent[]) => void;
  watchers: () => number;
  armWake: (at: number) => void;
  /** Ids of the runs that this one started by calling other workers. */
  listCalls: () => readonly string[];
  /** Cancels another run; one that has ended stays as it ended. */
  cancelRun: (runId: string) => Promise<void>;
  holds: HoldDeps;
  meter: Meter;
}

const WATCHED_FLUSH_MS = 100;
const UNWATCHED_FLUSH_MS = 2000;
const HEARTBEAT_MS = 10_000;
const RETRY_CONCLUSION_MS = 5000;

/**
 * Feeds the lifecycle and performs its effects. Everything it knows is loaded from the journal, so that it may vanish
 * between any two lines: what it did not finish, the next wake-up does again.
 */
export class RunEngine {
  readonly #deps: EngineDeps;
  /** Where the run deals with those who decide on it. */
  readonly holds: HoldDesk;
  #record: RunRecord | null;
  #summary: JournalSummary;
  readonly #underWay = new Set<string>();
  readonly #done = new Set<string>();
  #toReport = false;
  #lastPostAt = 0;
  #launchedBefore: boolean;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.#record = deps.journal.load();
    this.#summary = this.#record ? deps.journal.summarize(this.#record.state.attempt) : emptySummary(0);
    this.#launchedBefore = this.#record !== null;
    this.holds = new HoldDesk(deps.holds, {
      clock: deps.clock,
      record: () => this.#record,
      artifacts: () => this.#summary.artifacts,
      dispatch: (event) => this.dispatch(event),
    });
    if (this.#record && this.#summary.result) this.#applyReported(this.#record);
  }

  get record(): RunRecord | null {
    return this.#record;
  }

  /** A result that was journalled but not settled before the object went away puts the run back into `finishing`. */
  #applyReported(record: RunRecord): void {
    if (!this.#summary.result) return;
    const event: RunInput = { type: "reported", attempt: record.state.attempt, result: this.#summary.result };
    record.state = step(record.state, event, this.#moment(record)).state;
  }

  /**
   * Puts the run on the record; the effects go on behind the returned promise. A repeat lets a waiting run go, and
   * takes up whatever an object that went away had left undone.
   */
  accept(spec: RunSpec, go: boolean): Promise<void> {
    const known = this.#record;
    if (known) return this.dispatch({ type: go && known.state.phase === "waiting" ? "go" : "woke" });
    const now = this.#deps.clock();
    const first = acceptRun(go, now);
    this.#record = { spec, state: first.state, milestones: [], archived: false };
    const events = this.#announce(this.#record, first.effects, now);
    this.#deps.journal.save(this.#record);
    return this.#after(this.#record, events, first.effects);
  }

  /** Takes one event: decides, saves, tells followers, then acts. */
  dispatch(event: RunInput): Promise<void> {
    const record = this.#record;
    if (!record) return Promise.resolve();
    const now = this.#deps.clock();
    const next: Step = step(record.state, event, this.#moment(record));
    const changed = next.state !== record.state;
    if (next.state.attempt !== record.state.attempt) this.#summary = emptySummary(this.#lastSeq(record));
    record.state = next.state;
    const events = this.#announce(record, next.effects, now);
    // `finishing` follows from the journal's own result row, so it costs no write of its own.
    if (changed && event.type !== "reported") this.#deps.journal.save(record);
    return this.#after(record, events, next.effects);
  }

  #moment({ spec }: RunRecord): Moment {
    const { clock, random } = this.#deps;
    return { now: clock(), times: buildTimes(spec), retry: spec.retry, jitter: random() };
  }

  #after(record: RunRecord, events: RunEvent[], effects: readonly RunEffect[]): Promise<void> {
    if (events.length > 0) this.#deps.broadcast(events);
    const now = this.#deps.clock();
    const wake = nextWake(record.state, now, buildTimes(record.spec));
    if (wake !== null) this.#deps.armWake(wake);
    return this.#performAll(record, effects);
  }

  #lastSeq(record: RunRecord): number {
    return Math.max(this.#summary.last_seq, record.milestones.at(-1)?.seq ?? 0);
  }

  #announce(record: RunRecord, effects: readonly RunEffect[], now: number): RunEvent[] {
    if (!effects.some((effect) => effect.type === "announce")) return [];
    const events = buildMilestones(record, this.#lastSeq(record) + 1, now);
    record.milestones.push(...events);
    return events;
  }

  /** Effects of one step do not depend on each other; what has an order is a step of its own. */
  async #performAll(record: RunRecord, effects: readonly RunEffect[]): Promise<void> {
    const acts = () => Promise.all(effects.map((effect) => this.#performOne(record, effect)));
    await this.#deps.meter.awake(acts);
    if (this.#toReport) this.#reportEnd(record);
  }

  async #performOne(record: RunRecord, effect: RunEffect): Promise<void> {
    const key = JSON.stringify(effect);
    if (effect.type === "announce" || this.#underWay.has(key) || this.#done.has(key)) return;
    this.#underWay.add(key);
    try {
      await this.#perform(record, effect, key);
    } catch (error) {
      // The act is repeatable and the wake-up is armed: it is tried again from the record.
      log("error", "run.effect_failed", {
        run_id: record.spec.run_id,
        effect: effect.type,
        error: describeError(error),
      });
      this.#deps.armWake(this.#deps.clock() + RETRY_CONCLUSION_MS);
    } finally {
      this.#underWay.delete(key);
    }
  }

  async #perform(record: RunRecord, effect: RunEffect, key: string): Promise<void> {
    switch (effect.type) {
      case "launch":
        return this.#launch(record, effect.attempt);
      case "settle":
        return this.#settle(record, effect.attempt);
      case "pull":
        return this.#pull(record, effect.attempt);
      case "nudge":
        return this.#deps.nudge(record.spec.worker_id);
      case "kill":
        return this.#finishKill(await this.#deps.driver.kill(effect.sandbox_id), key);
      case "kill_attempt":
        return this.#finishKill(await this.#deps.driver.killAttempt(record.spec.run_id, effect.attempt), key);
      case "project":
        return this.#project(record, key);
      case "park":
        return this.#park(record, key);
      case "note":
        return this.#keepApproval();
      case "lapse":
        return this.holds.lapseIfDue();
      case "follow_up":
        return this.holds.followUp();
      case "conclude":
        return this.#conclude(record, key);
      case "announce":
        return;
    }
  }

  #finishKill(gone: boolean, key: string): void {
    if (gone) this.#done.add(key);
    else this.#deps.armWake(this.#deps.clock() + RETRY_CONCLUSION_MS);
  }

  async #launch(record: RunRecord, attempt: number): Promise<void> {
    const { spec, state } = record;
    if (state.phase !== "launching" || state.attempt !== attempt) return;
    const recover = this.#launchedBefore || state.refusals > 0;
    this.#launchedBefore = true;
    const runToken = await this.#deps.mintRunToken(spec.run_id);
    const secrets = await this.#deps.resolveSecrets(spec.workspace_id, spec.secrets);
    const now = this.#deps.clock();
    const inputs = await this.holds.inputsFor(spec);
    const request = await buildLaunch({ ...spec, inputs }, this.#deps.files, {
      attempt,
      recover,
      runToken,
      secrets,
      now,
    });
    const launched = await this.#deps.driver.launch(request);
    if (launched.kind === "launched") {
      return this.dispatch({ type: "launched", attempt, sandbox_id: launched.sandboxId });
    }
    const { code, message, retryAfterMs, waits = false } = launched;
    return this.dispatch({ type: "refused", attempt, code, message, retry_after_ms: retryAfterMs, waits });
  }

  /** Takes a part of the journal, whichever road it came by, and answers what the runner should do next. */
  takeJournal(post: { attempt: number; offset: number; body: Uint8Array }): JournalAnswer {
    const record = this.#record;
    const live = record && record.state.attempt === post.attempt && this.#takesEntries(record);
    if (!record || !live) return this.#answer(post.offset + post.body.byteLength, true);
    this.#lastPostAt = this.#deps.clock();
    const intake = takeBytes(this.#summary.offset, post.offset, post.body);
    if (intake.lines.length > 0) this.#append(record, intake.lines, intake.next_offset);
    if (this.#summary.result)
      void this.dispatch({ type: "reported", attempt: post.attempt, result: this.#summary.result });
    return this.#answer(this.#summary.offset, false);
  }

  #takesEntries(record: RunRecord): boolean {
    return (
      (record.state.phase === "running" || record.state.phase === "launching") &&
      this.#summary.result === null
    );
  }

  #append(record: RunRecord, lines: readonly string[], nextOffset: number): void {
    const entries = lines.flatMap((line) => parseEntry(line) ?? []);
    const seq = this.#lastSeq(record);
    const built = buildEvents(entries, {
      run_id: record.spec.run_id,
      seq,
      taken_bytes: this.#summary.bytes,
      artifacts: this.#summary.artifacts.length,
      artifact_bytes: this.#summary.artifacts.reduce((sum, artifact) => sum + artifact.size_bytes, 0),
      now: this.#deps.clock(),
      newArtifactId: this.#deps.newArtifactId,
    });
    const part = {
      attempt: record.state.attempt,
      // A part without events still moves the offset; it takes a number so that parts keep distinct keys.
      seq_from: seq + 1,
      seq_to: built.events.at(-1)?.seq ?? seq + 1,
      end_offset: nextOffset,
      ...built,
    };
    const summary = extendSummary(this.#summary, part);
    this.#deps.journal.append(part, summary);
    this.#summary = summary;
    if (built.events.length > 0) this.#deps.broadcast(built.events);
  }

  #answer(nextOffset: number, stop: boolean): JournalAnswer {
    const flushMs = this.#deps.watchers() > 0 ? WATCHED_FLUSH_MS : UNWATCHED_FLUSH_MS;
    return { next_offset: nextOffset, flush_ms: flushMs, heartbeat_ms: HEARTBEAT_MS, stop };
  }

  async #pull(record: RunRecord, attempt: number): Promise<void> {
    const times = buildTimes(record.spec);
    const now = this.#deps.clock();
    const overdue = isOverdue(record.state, now, times);
    if (!overdue && now - this.#lastPostAt < times.silence_ms) return;
    const sandboxId = record.state.sandbox_id;
    if (sandboxId === null) return;
    const verdict = await pullJournal({
      driver: this.#deps.driver,
      sandboxId,
      offset: () => this.#summary.offset,
      take: (offset, body) => void this.takeJournal({ attempt, offset, body }),
      ended: () => this.#summary.result !== null || record.state.phase === "ended",
    });
    if (verdict === "gone") return this.dispatch({ type: "lost", attempt, code: "e2b_sandbox_error" });
    if (verdict === "silent") return this.dispatch({ type: "lost", attempt, code: "journal_lost" });
    const givenUp = now - record.state.phase_since >= times.run_ms + times.finish_ms;
    if (overdue && (verdict === "alive" || givenUp)) return this.dispatch({ type: "expired", attempt });
  }

  async #settle(record: RunRecord, attempt: number): Promise<void> {
    const result = this.#summary.result;
    if (!result || record.state.phase !== "finishing") return;
    const { spec, state } = record;
    const reading = await this.holds.readAsk(spec, result);
    const input = { spec, attempt, result, artifacts: this.#summary.artifacts, sandboxId: state.sandbox_id };
    const settlement = await settle(this.#deps, { ...input, asks: reading.kind === "asks" });
    if (settlement.kind === "lost") return this.dispatch({ type: "lost", attempt, code: "journal_lost" });
    return this.dispatch(await this.holds.settled(attempt, settlement.outcome, reading));
  }

  /** Brings the list row up to date. */
  async #project({ spec, state }: RunRecord, key: string): Promise<void> {
    const rows = await this.#deps.project(spec.workspace_id, spec.worker_id, buildSummary(spec, state));
    this.#deps.meter.rows += rows;
    this.#done.add(key);
  }

  async #keepApproval(): Promise<void> {
    const rows = await this.holds.put();
    this.#deps.meter.rows += rows;
  }

  /** What is given back while a run waits for a decision: its place in the queue. The same message tells the alerts of it. */
  async #park(record: RunRecord, key: string): Promise<void> {
    const { worker_id: workerId, run_id: runId } = record.spec;
    await this.#keepApproval();
    await this.#project(record, key);
    const rows = await this.#deps.release(workerId, runId, buildNotice(record.spec, record.state));
    this.#deps.meter.rows += rows;
    await this.dispatch({ type: "parked" });
  }

  /** What is owed once a run has ended: its row, its place in the queue, its archive. */
  async #conclude(record: RunRecord, key: string): Promise<void> {
    const { spec, state } = record;
    const ownRows = await this.#deps.project(spec.workspace_id, spec.worker_id, buildSummary(spec, state));
    await this.#keepApproval();
    // Whoever waits for the children is gone; after a good end they may go on.
    const orphans = state.outcome?.status === "completed" ? [] : this.#deps.listCalls();
    await Promise.all(orphans.map((runId) => this.#deps.cancelRun(runId)));
    const queueRows = await this.#deps.release(spec.worker_id, spec.run_id, buildNotice(spec, state));
    await archiveRun({ journal: this.#deps.journal, files: this.#deps.files, record });
    this.#deps.meter.rows += ownRows + queueRows;
    this.#done.add(key);
    this.#toReport = true;
  }

  /** The run's last line in the log, once nothing is owed any more, with what it has cost since it was loaded. */
  #reportEnd({ spec, state }: RunRecord): void {
    this.#toReport = false;
    const { rows, activeMs } = this.#deps.meter;
    const failure = state.outcome?.failure?.code ?? null;
    log("info", "run.ended", {
      run_id: spec.run_id,
      status: state.outcome?.status,
      failure,
      attempt: state.attempt,
      rows,
      active_ms: activeMs,
    });
  }

  view(): RunView | null {
    const record = this.#record;
    if (!record) return null;
    return buildView({
      spec: record.spec,
      state: record.state,
      summary: this.#summary,
      tail: this.#deps.journal.tail(),
    });
  }

  /** Events after `after`, ours and the runner's in one order; null when they lie in the archive. */
  eventsAfter(after: number, limit: number): { events: RunEvent[]; more: boolean } | null {
    const record = this.#record;
    if (!record) return { events: [], more: false };
    if (record.archived) return null;
    const page = this.#deps.journal.eventsAfter(after, limit);
    const last = page.more ? (page.events.at(-1)?.seq ?? after) : Number.MAX_SAFE_INTEGER;
    const own = record.milestones.filter((event) => event.seq > after && event.seq <= last);
    return { events: [...page.events, ...own].sort((a, b) => a.seq - b.seq), more: page.more };
  }
}
