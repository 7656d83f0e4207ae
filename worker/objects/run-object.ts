import { DurableObject } from "cloudflare:workers";
import type { Artifact } from "#contract/runs/run";
import { openObjectHost } from "../compose/host.ts";
import { engineDeps } from "../compose/object-deps.ts";
import type { EdgeEnv } from "../env.ts";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import { guardEntries } from "../platform/objects/carriers.ts";
import { Meter } from "../platform/objects/meter.ts";
import { ChildCalls } from "../runs/engine/child-calls.ts";
import { describeCaller } from "../runs/engine/describe-caller.ts";
import { RunStorage } from "../runs/record/run-storage.ts";
import { needsNoPlace } from "../runs/lifecycle/run-status.ts";
import type { ApprovalRecord } from "#contract/approvals/approval";
import type {
  CallRecord,
  CallReply,
  DecideReply,
  DecisionRequest,
  ExternalAnswer,
  ResumeReply,
} from "../runs/record/run-replies.ts";
import type {
  BuildNews,
  EventPage,
  JournalReply,
  RunObjectApi,
  RunView,
  UploadPermit,
} from "../runs/record/run-api.ts";
import { RunEngine } from "../runs/engine/run-engine.ts";
import { findTriggerEvent } from "../runs/spec/run-origin.ts";
import type { Caller, TriggerEvent } from "../runs/spec/run-origin.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import { UploadAllowance } from "../runs/engine/upload-allowance.ts";
import { Followers } from "./followers.ts";

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
  /** Takes the pen from the engine there is. */
  #close: () => void = () => {};
  /** From what is stored now. */
  readonly #openEngine: () => RunEngine;
  readonly #clock: Clock;
  readonly #meter: Meter;
  readonly #calls: ChildCalls;
  readonly #allowance: UploadAllowance;
  #followers: Followers;
  #alarmAt: number | null = null;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const host = openObjectHost(env);
    this.#clock = host.clock;
    this.#meter = new Meter(host.clock);
    const entries = guardEntries(ctx.storage.kv);
    this.#calls = new ChildCalls(entries, this.#meter);
    const storage = new RunStorage(entries, this.#meter);
    this.#allowance = new UploadAllowance(storage);
    const deps = engineDeps(host);
    this.#openEngine = () => {
      const kept = new RunStorage(entries, this.#meter);
      const lease = { isOpen: true };
      this.#close = () => {
        lease.isOpen = false;
        kept.close();
      };
      return new RunEngine({
        ...deps,
        storage: kept,
        project: async (...row) => (lease.isOpen ? deps.project(...row) : 0),
        broadcast: (events) => Followers.tell(ctx, events),
        watchers: () => Followers.count(ctx),
        waitUntil: (work) => ctx.waitUntil(work),
        armWake: (at) => {
          if (lease.isOpen) this.#arm(at);
        },
        listCalls: () => this.#calls.list().map((call) => call.run_id),
        meter: this.#meter,
      });
    };
    this.#engine = this.#openEngine();
    this.#followers = new Followers(ctx, this.#engine, host.clock);
    void ctx.blockConcurrencyWhile(() => this.#recallAlarm());
  }

  /** An alarm that is missing or past due is set again: what the run waits for must not hang on one lost alarm. */
  async #recallAlarm(): Promise<void> {
    this.#alarmAt = await this.ctx.storage.getAlarm();
    const wake = this.#engine.wakeAt();
    if (wake !== null && (this.#alarmAt === null || this.#alarmAt <= this.#clock())) this.#arm(wake);
  }

  /** One alarm serves every deadline: the earliest wins, and each wake-up arms the next. */
  #arm(at: number): void {
    const now = this.#clock();
    if (this.#alarmAt !== null && this.#alarmAt <= at && this.#alarmAt > now) return;
    this.#alarmAt = Math.max(at, now);
    this.#meter.rows += 1;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(this.#alarmAt));
  }

  async accept(spec: RunSpec, go: boolean): Promise<{ ended: boolean }> {
    this.ctx.waitUntil(this.#engine.accept(spec, go));
    const record = this.#engine.record;
    return { ended: record !== null && needsNoPlace(record.state) };
  }

  async read(): Promise<RunView | null> {
    return this.#engine.view();
  }

  async readEvents(after: number, limit: number): Promise<EventPage | null> {
    if (!this.#engine.record) return null;
    const page = this.#engine.eventsAfter(after, limit);
    if (!page) return { events: [], next_after: null, archived: true };
    const last = page.events.at(-1)?.seq ?? after;
    return { events: page.events, next_after: page.more ? last : null, archived: false };
  }

  async takeJournal(post: { attempt: number; offset: number; body: Uint8Array }): Promise<JournalReply> {
    if (!this.#engine.record) return { kind: "missing" };
    return { kind: "answer", answer: this.#engine.takeJournal(post) };
  }

  async permitUpload(attempt: number, sizeBytes: number | null): Promise<UploadPermit> {
    if (!this.#engine.record) return "missing";
    const permit = this.#engine.judgeUpload(attempt);
    const isFull = permit === "granted" && sizeBytes !== null && !this.#allowance.take(attempt, sizeBytes);
    return isFull ? "full" : permit;
  }

  async dependenciesBuilt(news: BuildNews): Promise<void> {
    this.ctx.waitUntil(this.#engine.takeBuild(news));
  }

  async findArtifact(
    artifactId: string,
  ): Promise<{ workspace_id: string; artifact: Artifact; attempt: number } | null> {
    const view = this.#engine.view();
    const artifact = view?.detail.artifacts.find((candidate) => candidate.id === artifactId);
    return view && artifact
      ? { workspace_id: view.workspace_id, artifact, attempt: view.detail.attempt }
      : null;
  }

  async cancel(code?: "superseded"): Promise<RunView | null> {
    this.ctx.waitUntil(this.#engine.dispatch({ type: "cancel", ...(code ? { code } : {}) }));
    return this.#engine.view();
  }

  async findTriggerEvent(): Promise<TriggerEvent | null> {
    const record = this.#engine.record;
    return record && findTriggerEvent(record.spec);
  }

  async findCaller(attempt: number): Promise<Caller | null> {
    const record = this.#engine.record;
    return record && describeCaller(record, { attempt, now: this.#clock() });
  }

  async reserveCall(call: Omit<CallRecord, "seq">): Promise<CallReply> {
    return this.#calls.reserve(call);
  }

  async listCalls(): Promise<CallRecord[]> {
    return this.#calls.list();
  }

  async readApproval(): Promise<ApprovalRecord | null> {
    return this.#engine.wait.current();
  }

  async decide(vote: DecisionRequest): Promise<DecideReply> {
    return this.#engine.wait.decide(vote);
  }

  async resume(came: ExternalAnswer): Promise<ResumeReply> {
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
    if (!isOver || (await this.ctx.storage.getAlarm()) !== null) return false;
    this.#close();
    for (const socket of this.ctx.getWebSockets()) socket.close(1000);
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#engine = this.#openEngine();
    this.#followers = new Followers(this.ctx, this.#engine, this.#clock);
    return true;
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    try {
      await this.#engine.dispatch({ type: "woke" });
    } catch (error) {
      // After some failures the platform would wake the object no more.
      log("error", "run.wake_failed", { error: describeError(error) });
      this.#arm(this.#clock() + FAILED_WAKE_MS);
    }
  }

  /**
   * `GET /follow?after=N` with an upgrade: events after N, then each as it comes, until `close`. With `what=end` only
   * those that say where the run stands: whoever waits for the end is sent no log, and is nobody to hurry for.
   */
  override async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const after = Number(searchParams.get("after") ?? "0");
    const awaitsEnd = searchParams.get("what") === "end";
    const { 0: client, 1: server } = new WebSocketPair();
    if (!this.#engine.record) return new Response("There is no such run.", { status: 404 });

    this.#followers.accept(server, { after, awaitsEnd });
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(): void {
    // Followers only listen.
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }
}
