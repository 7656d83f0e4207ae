import type { RunEvent } from "#contract/runs/run-event";
import type { JournalAnswer } from "#contract/runner/runner";
import { describeError, log } from "../../platform/log.ts";
import { isSameTry, ownsLaunch } from "../lifecycle/launch-number.ts";
import { acceptRun, step } from "../lifecycle/lifecycle.ts";
import { mayHaveMore, nextWake } from "../lifecycle/next-wake.ts";
import { sandboxNanoUsd } from "../lifecycle/sandbox-cost.ts";
import { buildTimes } from "../lifecycle/run-state.ts";
import type { Moment, RunEffect, RunInput } from "../lifecycle/run-state.ts";
import { emptyTally } from "../record/attempt-tally.ts";
import { buildMilestones } from "../record/build-milestones.ts";
import { readEvents, readView } from "../record/read-record.ts";
import type { EventRange } from "../record/read-record.ts";
import type { BuildNews, EventPage, FoundArtifact, ModelCharge, RunView } from "../record/run-api.ts";
import type { RunRecord } from "../record/run-storage.ts";
import { edgeProgramOf } from "../spec/edge-program.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { ApprovalWait } from "./approval-wait.ts";
import { isHeard, judgeUpload, takeBuild, takeJournal } from "./attempt-intake.ts";
import type { JournalPost } from "../record/run-api.ts";
import { buildEffects, perform } from "./effects.ts";
import type { Effects, Performed } from "./effects.ts";
import { reportEnd } from "./report-end.ts";
import { armRetry, lastSeq } from "./run-handle.ts";
import type { AcceptedRun, EngineDeps, LaunchTry, RunHandle } from "./run-handle.ts";
import { RunMasking } from "../masking/run-masking.ts";

/**
 * Feeds the lifecycle and has its effects performed. Everything it knows is loaded from storage, so that it may vanish
 * between any two lines: what it did not finish, the next wake-up does again.
 */
export class RunEngine {
  /** Where the run deals with those who decide on it. */
  readonly wait: ApprovalWait;
  readonly #deps: EngineDeps;
  readonly #run: RunHandle;
  readonly #effects: Effects;
  readonly #underWay = new Set<string>();
  readonly #done = new Set<string>();
  /** The last of them that wrote the list row. */
  #projected: string | null = null;
  /** Asked for while they were under way. */
  readonly #again = new Set<string>();
  #toReport = false;

  constructor(deps: EngineDeps) {
    const record = deps.storage.load();
    this.#deps = deps;
    this.#run = {
      deps,
      record,
      tally: record ? deps.storage.tally(record.state.attempt) : emptyTally(0),
      masking: new RunMasking(deps.listValuesToMask),
      wordAt: 0,
      lastPostAt: 0,
      onHeard: () => {},
      unusedTry: null,
      ended: Promise.withResolvers(),
      launching: Promise.resolve(),
      leaves: null,
      dispatch: (event) => this.dispatch(event),
    };
    this.wait = new ApprovalWait(this.#run);
    this.#effects = buildEffects(this.wait);
    if (record) this.#applyReported(record);
  }

  /**
   * A result that was journalled but not settled before the object went away puts the run back into `finishing`, since
   * when it came: the time to settle it does not begin anew.
   */
  #applyReported(record: RunRecord): void {
    const { result, result_at } = this.#run.tally;
    if (!result) return;
    const event: RunInput = { type: "reported", attempt: record.state.attempt, result };
    const moment = this.#moment(record);
    record.state = step(record.state, event, { ...moment, now: result_at ?? moment.now }).state;
  }

  /**
   * Puts the run on the record; the effects go on behind the returned promise. A repeat lets a waiting run go, and
   * takes up whatever an object that went away had left undone. `toldAt`: when the queue said so, which may be long ago.
   */
  accept(spec: RunSpec, go: boolean, toldAt: number = this.#deps.clock()): Promise<void> {
    this.#run.wordAt = Math.max(this.#run.wordAt, toldAt);
    const known = this.#run.record;
    if (known) return this.dispatch({ type: go && known.state.phase === "waiting" ? "go" : "woke" });
    const now = this.#deps.clock();
    const { state, effects } = acceptRun(go, now, Math.min(spec.created_at, now));
    const told = this.#announce({ spec, state, milestones: [], archived: false }, effects);
    this.#deps.storage.save(told.record);
    this.#run.unusedTry = state;
    return this.#act(this.#put(told.record), told.events, effects);
  }

  #put(record: RunRecord): AcceptedRun {
    return Object.assign(this.#run, { record });
  }

  /** Takes one event: decides, saves, tells followers, then acts. */
  dispatch(event: RunInput): Promise<void> {
    const { record } = this.#run;
    if (!record) return Promise.resolve();
    const run = this.#put(record);
    const next = step(record.state, event, this.#moment(record));
    const changed = next.state !== record.state;
    const told = this.#announce({ ...record, state: next.state }, next.effects);
    // Saved first: what cannot be kept must not be believed. `finishing` follows from the journal's own result row, so
    // it costs no write of its own.
    if (changed && event.type !== "reported") this.#deps.storage.save(told.record);
    if (!isSameTry(next.state, record.state)) run.unusedTry = next.state;
    if (next.state.attempt !== record.state.attempt) run.tally = emptyTally(lastSeq(run));
    Object.assign(record, told.record);
    if (record.state.phase === "ended") run.ended.resolve(true);
    return this.#act(run, told.events, next.effects);
  }

  /** When the run must be looked at again, epoch milliseconds; null when nothing is awaited. */
  wakeAt(): number | null {
    const { record } = this.#run;
    return record && nextWake(record.state, this.#deps.clock(), buildTimes(record.spec));
  }

  get record(): RunRecord | null {
    return this.#run.record;
  }

  view(): RunView | null {
    return readView({ ...this.#run, storage: this.#deps.storage, now: this.#deps.clock() });
  }

  eventsAfter(after: number, limit: number): EventRange | null {
    return readEvents({ record: this.record, storage: this.#deps.storage }, after, limit);
  }

  /** A page of the events, as others are answered it; null for no run. */
  pageAfter(after: number, limit: number): EventPage | null {
    if (!this.record) return null;
    const page = this.eventsAfter(after, limit);
    if (!page) return { events: [], next_after: null, archived: true };
    const last = page.events.at(-1)?.seq ?? after;
    return { events: page.events, next_after: page.more ? last : null, archived: false };
  }

  findArtifact(id: string): FoundArtifact | null {
    const view = this.view();
    const artifact = view?.detail.artifacts.find((candidate) => candidate.id === id);
    return view && artifact
      ? { workspace_id: view.workspace_id, artifact, attempt: view.detail.attempt }
      : null;
  }

  /** Null when a post may be taken at once; else what has to be waited for before. */
  prepareIntake(): Promise<void> | null {
    const spec = this.record?.spec;
    return spec === undefined || this.#run.masking.isReady(spec) ? null : this.#run.masking.prepare(spec);
  }

  /** A part of the runner's journal that was posted. Throws when there is something that `prepareIntake` waits for. */
  takeJournal(post: JournalPost): JournalAnswer {
    return takeJournal(this.#run, post);
  }

  /** Whether the run takes an upload from there now. */
  judgeUpload(from: LaunchTry): "granted" | "stale" | "ended" {
    return judgeUpload(this.#run, from);
  }

  /**
   * Counts what models cost to the run, or takes some of it back. False where that comes to more than `most` for the whole run,
   * or the script that asks is not the one that the run has now.
   */
  async charge(from: LaunchTry, { nano_usd: nanoUsd, most }: ModelCharge): Promise<boolean> {
    const { record } = this;
    if (record === null) return false;
    const { spec, state } = record;
    const isMore = nanoUsd > 0;
    if (isMore && this.judgeUpload(from) !== "granted") return false;
    const spent = state.model_nano_usd + sandboxNanoUsd(state, spec.usd_per_second, this.#deps.clock());
    if (isMore && most !== null && spent + nanoUsd > most) return false;
    await this.dispatch({ type: "charged", nano_usd: nanoUsd });
    return true;
  }

  /** Whether the script that holds the token of a launch may be the one that the run has now. */
  hears(from: LaunchTry): boolean {
    return isHeard(this.#run, from);
  }

  /** Whether the newest try to launch is this one. */
  ownsLaunch(asked: LaunchTry): boolean {
    return this.record !== null && ownsLaunch(this.record.state, asked);
  }

  /** There is room for its sandbox; answers whether the run still wants it. It goes on behind the answer. */
  call(): { wanted: boolean; goneOn: Promise<void> } {
    const wanted = this.record?.state.phase === "launching";
    return { wanted, goneOn: wanted ? this.dispatch({ type: "called" }) : Promise.resolve() };
  }

  /** What became of the dependencies that the run waits for. */
  takeBuild(news: BuildNews): Promise<void> {
    return takeBuild(this.#run, news);
  }

  /** Has what is kept of its attempts deleted, where the edge carried them out or their scripts could call tools. */
  async forgetAttempts(): Promise<void> {
    const { record } = this;
    if (record === null || (edgeProgramOf(record.spec) === null && record.spec.gate === null)) return;
    await this.#deps.edge.forget(record.spec.run_id, record.state.attempt);
  }

  #moment({ spec }: RunRecord): Moment {
    const { clock, random } = this.#deps;
    return { now: clock(), times: buildTimes(spec), retry: spec.retry, reuse: spec.reuse, jitter: random() };
  }

  /** The record with what followers are to be told of this step. */
  #announce(
    record: RunRecord,
    effects: readonly RunEffect[],
  ): { record: RunRecord; events: readonly RunEvent[] } {
    if (!effects.some((effect) => effect.type === "announce")) return { record, events: [] };
    const seq = lastSeq({ record, tally: this.#run.tally }) + 1;
    const events = buildMilestones(record, seq, this.#deps.clock());
    return { record: { ...record, milestones: record.milestones.concat(events) }, events };
  }

  async #act(run: AcceptedRun, events: readonly RunEvent[], effects: readonly RunEffect[]): Promise<void> {
    const wake = this.wakeAt();
    if (wake !== null) this.#deps.armWake(wake);
    // Whoever follows comes after what the run itself needs.
    if (events.length > 0) this.#deps.broadcast(events);
    // Effects of one step do not depend on each other; what has an order is a step of its own.
    const acts = () => Promise.all(effects.map((effect) => this.#performOnce(run, effect)));
    await this.#deps.meter.awake(acts);
    if (this.#owesNothing(run, effects)) this.#deps.disarmWake();
    if (!this.#toReport) return;
    this.#toReport = false;
    reportEnd(run.record, this.#deps.meter);
  }

  /** Whether these were the last duties of a run that has ended, and all are done: then nothing has to be looked at again. */
  #owesNothing({ record: { state } }: AcceptedRun, effects: readonly RunEffect[]): boolean {
    if (state.phase !== "ended" || mayHaveMore(state)) return false;
    // That the attempt is settled is what has brought it here.
    const settling = JSON.stringify({ type: "settle", attempt: state.attempt } satisfies RunEffect);
    if ([...this.#underWay].some((key) => key !== settling)) return false;
    const duties = effects.filter(({ type }) => type !== "announce");
    const areDone = duties.every((effect) => this.#done.has(JSON.stringify(effect)));
    return areDone && duties.some(({ type }) => type === "conclude");
  }

  async #performOnce(run: AcceptedRun, effect: RunEffect): Promise<void> {
    const key = JSON.stringify(effect);
    // The last look of an ended run is for a sandbox that was still being made when those of its attempt were killed.
    const hasEnded = run.record.state.phase === "ended";
    if (this.#done.has(key) && !(hasEnded && effect.type === "kill_attempt")) return;
    if (this.#underWay.has(key)) {
      this.#again.add(key);
      // Nothing else wakes a run that has ended, should the object go away before this is done.
      if (hasEnded) armRetry(run);
      return;
    }
    this.#underWay.add(key);
    this.#again.delete(key);
    if ((await this.#perform(run, effect)) === "done") this.#noteDone(effect, key);
    this.#underWay.delete(key);
    // The call that there is room may come while the answer that there is none is still on its way.
    const isCalled = run.record.state.asks_again_ms !== null;
    if (this.#again.delete(key) && isCalled) await this.#performOnce(run, effect);
  }

  /** Of what the list row was made to say only the last counts: a run may be queued, running, and queued again. */
  #noteDone({ type }: RunEffect, key: string): void {
    if (type === "project") {
      if (this.#projected !== null) this.#done.delete(this.#projected);
      this.#projected = key;
    }
    this.#done.add(key);
  }

  async #perform(run: AcceptedRun, effect: RunEffect): Promise<Performed> {
    try {
      const performed = await perform(this.#effects, run, effect);
      if (performed === "done" && effect.type === "conclude") this.#toReport = true;
      return performed;
    } catch (error) {
      // The act is repeatable and the wake-up is armed: it is tried again from the record.
      const facts = { run_id: run.record.spec.run_id, effect: effect.type, error: describeError(error) };
      log("error", "run.effect_failed", facts);
      armRetry(run);
    }
  }
}
