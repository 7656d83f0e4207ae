import { DurableObject } from "cloudflare:workers";
import { openObjectHost } from "../compose/host.ts";
import { engineDeps } from "../compose/object-deps.ts";
import type { EdgeEnv } from "../env.ts";
import type { Clock } from "../platform/clock.ts";
import { guardEntries } from "../platform/objects/carriers.ts";
import { Meter } from "../platform/objects/meter.ts";
import { WakeUp } from "../platform/objects/wake-up.ts";
import { ChildCalls } from "../runs/engine/child-calls.ts";
import { describeCaller, describeWriter } from "../runs/engine/describe-caller.ts";
import { RunStorage } from "../runs/record/run-storage.ts";
import type { HoldVerdict } from "../runs/lifecycle/hold-state.ts";
import { needsNoPlace } from "../runs/lifecycle/run-status.ts";
import type { ApprovalRecord } from "#contract/approvals/approval";
import type * as replies from "../runs/record/run-replies.ts";
import type {
  BuildNews,
  EventPage,
  FoundArtifact,
  JournalPost,
  JournalReply,
  LaunchOf,
  ModelCharge,
  RunObjectApi,
  RunView,
  StoreWriter,
  UploadPermit,
} from "../runs/record/run-api.ts";
import { RunEngine } from "../runs/engine/run-engine.ts";
import { findTriggerEvent } from "../runs/spec/run-origin.ts";
import type { Caller, TriggerEvent } from "../runs/spec/run-origin.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import { UploadAllowance } from "../runs/engine/upload-allowance.ts";
import { Followers } from "./followers.ts";
import { takePen } from "./run-pen.ts";

/** When everything is tried again after a wake-up failed. */
const FAILED_WAKE_MS = 60_000;
/** So long after its end nothing is under way any more that the run owes. */
const SETTLED_MS = 60_000;

/**
 * One per run: the shell around RunEngine. Owns the run's storage, its alarm and its followers; what happens to the run is
 * decided by its lifecycle.
 * Every call loads what it needs from the journal, so that the object may be evicted between any two of them.
 */
export class RunObject extends DurableObject<EdgeEnv> implements RunObjectApi {
  #engine: RunEngine;
  #layDownPen: () => void = () => {};
  readonly #deps: ReturnType<typeof engineDeps>;
  readonly #entries: SyncKvStorage;
  readonly #clock: Clock;
  readonly #meter: Meter;
  readonly #calls: ChildCalls;
  readonly #allowance: UploadAllowance;
  readonly #wakeUp: WakeUp;
  #followers: Followers;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const host = openObjectHost(env);
    this.#clock = host.clock;
    this.#meter = new Meter(host.clock);
    this.#entries = guardEntries(ctx.storage.kv);
    this.#calls = new ChildCalls(this.#entries, this.#meter);
    this.#allowance = new UploadAllowance(new RunStorage(this.#entries, this.#meter));
    this.#deps = engineDeps(host);
    this.#wakeUp = new WakeUp(ctx, {
      clock: host.clock,
      wish: () => this.#engine.wakeAt(),
      retryMs: FAILED_WAKE_MS,
      failedEvent: "run.wake_failed",
      countRow: () => (this.#meter.rows += 1),
    });
    this.#engine = this.#openEngine();
    this.#followers = new Followers(ctx, this.#engine, host.clock);
    this.#wakeUp.recall();
  }

  /** An engine that goes on from what is stored now, with a pen of its own. */
  #openEngine(): RunEngine {
    const { pen, layDown } = takePen({
      storage: new RunStorage(this.#entries, this.#meter),
      project: this.#deps.project,
      armWake: (at) => this.#wakeUp.arm(at),
      disarmWake: () => this.ctx.waitUntil(this.#wakeUp.disarm()),
    });
    this.#layDownPen = layDown;
    return new RunEngine({
      ...this.#deps,
      ...pen,
      ...Followers.heard(this.ctx),
      waitUntil: (work) => this.ctx.waitUntil(work),
      listCalls: () => this.#calls.list().map((call) => call.run_id),
      meter: this.#meter,
    });
  }

  async accept(spec: RunSpec, go: boolean, toldAt: number): Promise<{ ended: boolean }> {
    this.ctx.waitUntil(this.#engine.accept(spec, go, toldAt));
    const record = this.#engine.record;
    return { ended: record !== null && needsNoPlace(record.state) };
  }

  async read(): Promise<RunView | null> {
    return this.#engine.view();
  }

  async readEvents(after: number, limit: number): Promise<EventPage | null> {
    return this.#engine.pageAfter(after, limit);
  }

  async takeJournal(post: JournalPost): Promise<JournalReply> {
    if (!this.#engine.record) return { kind: "missing" };
    await this.#engine.prepareIntake();
    return { kind: "answer", answer: this.#engine.takeJournal(post) };
  }

  async permitUpload(from: LaunchOf, size: number | null): Promise<UploadPermit> {
    const { record } = this.#engine;
    if (!record) return { verdict: "missing", secrets: [], created_at: 0 };
    const permit = this.#engine.judgeUpload(from);
    const isFull = permit === "granted" && size !== null && !this.#allowance.take(from.attempt, size);
    const { secrets, created_at } = record.spec;
    return { verdict: isFull ? "full" : permit, secrets, created_at };
  }

  async ownsLaunch(asked: LaunchOf): Promise<boolean> {
    return this.#engine.ownsLaunch(asked);
  }

  async dependenciesBuilt(news: BuildNews): Promise<void> {
    this.ctx.waitUntil(this.#engine.takeBuild(news));
  }

  async roomFree(): Promise<boolean> {
    const { wanted, goneOn } = this.#engine.call();
    this.ctx.waitUntil(goneOn);
    return wanted;
  }

  async findArtifact(artifactId: string): Promise<FoundArtifact | null> {
    return this.#engine.findArtifact(artifactId);
  }

  async cancel(code?: "superseded"): Promise<RunView | null> {
    this.ctx.waitUntil(this.#engine.dispatch({ type: "cancel", ...(code ? { code } : {}) }));
    return this.#engine.view();
  }

  async charge(from: LaunchOf, charge: ModelCharge): Promise<boolean> {
    return this.#engine.charge(from, charge);
  }

  async readSpec(): Promise<RunSpec | null> {
    return this.#engine.record?.spec ?? null;
  }

  async findTriggerEvent(): Promise<TriggerEvent | null> {
    const record = this.#engine.record;
    return record && findTriggerEvent(record.spec);
  }

  async findCaller(from: LaunchOf): Promise<Caller | null> {
    const record = this.#engine.record;
    return record && describeCaller(record, { isHeard: this.#engine.hears(from), now: this.#clock() });
  }

  async findWriter(from: LaunchOf): Promise<StoreWriter | null> {
    const record = this.#engine.record;
    return record && describeWriter(record.spec, this.#engine.judgeUpload(from));
  }

  async reserveCall(call: replies.CallWish): Promise<replies.CallReply> {
    return this.#calls.reserve(call);
  }

  async listCalls(): Promise<replies.CallRecord[]> {
    return this.#calls.list();
  }

  async readApproval(id?: string): Promise<ApprovalRecord | null> {
    return this.#engine.wait.current(id);
  }

  async askInPlace(from: LaunchOf, asked: replies.InPlaceQuestion): Promise<replies.InPlaceReply> {
    return this.#engine.wait.askInPlace(from, asked);
  }

  async answerTo(approvalId: string): Promise<HoldVerdict | null> {
    return this.#engine.wait.answerTo(approvalId);
  }

  async decide(vote: replies.DecisionRequest, id?: string): Promise<replies.DecideReply> {
    return this.#engine.wait.decide(vote, id);
  }

  async resume(came: replies.ExternalAnswer): Promise<replies.ResumeReply> {
    return this.#engine.wait.resume(came);
  }

  async authorizes(approvalId: string, followUpRunId: string): Promise<boolean> {
    return this.#engine.wait.authorizes(approvalId, followUpRunId);
  }

  /**
   * After its end a run is woken once more for what it may owe: before that it is not forgotten. What hangs since then and
   * comes back afterwards can write nothing down any more.
   */
  async forget(): Promise<boolean> {
    const state = this.#engine.record?.state;
    const isOver = state === undefined || this.#clock() - (state.ended_at ?? Infinity) >= SETTLED_MS;
    if (!isOver || (await this.#wakeUp.isArmed())) return false;
    await this.#engine.forgetAttempts();
    this.#layDownPen();
    for (const socket of this.ctx.getWebSockets()) socket.close(1000);
    await this.#wakeUp.disarm();
    await this.ctx.storage.deleteAll();
    this.#engine = this.#openEngine();
    this.#followers = new Followers(this.ctx, this.#engine, this.#clock);
    return true;
  }

  override async alarm(): Promise<void> {
    await this.#wakeUp.answer(() => this.#engine.dispatch({ type: "woke" }));
  }

  override async fetch(request: Request): Promise<Response> {
    if (!this.#engine.record) return new Response("There is no such run.", { status: 404 });
    return this.#followers.answer(request);
  }

  override webSocketMessage(): void {
    // Followers only listen.
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }
}
