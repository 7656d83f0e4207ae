import { DurableObject } from "cloudflare:workers";
import type { Artifact } from "#contract/runs/run";
import type { RunEvent } from "#contract/runs/run-event";
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
import { needsNoPlace, statusOf } from "../runs/lifecycle/run-status.ts";
import type { ApprovalRecord } from "#contract/approvals/approval";
import type {
  CallRecord,
  CallReply,
  DecideReply,
  DecisionRequest,
  ExternalAnswer,
  ResumeReply,
} from "../runs/record/run-replies.ts";
import type { EventPage, JournalReply, RunObjectApi, RunView, UploadPermit } from "../runs/record/run-api.ts";
import { RunEngine } from "../runs/engine/run-engine.ts";
import { findTriggerEvent } from "../runs/spec/run-origin.ts";
import type { Caller, TriggerEvent } from "../runs/spec/run-origin.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import { UploadAllowance } from "../runs/engine/upload-allowance.ts";

const FOLLOW_PAGE_EVENTS = 500;
/** When everything is tried again after a wake-up failed. */
const FAILED_WAKE_MS = 60_000;

/**
 * One per run: the shell around RunEngine. Owns the run's storage, its alarm and its followers; what happens to the run is
 * decided by its lifecycle.
 * Every call loads what it needs from the journal, so that the object may be evicted between any two of them.
 */
export class RunObject extends DurableObject<EdgeEnv> implements RunObjectApi {
  readonly #engine: RunEngine;
  readonly #clock: Clock;
  readonly #meter: Meter;
  readonly #calls: ChildCalls;
  readonly #allowance = new UploadAllowance();
  #alarmAt: number | null = null;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const host = openObjectHost(env);
    this.#clock = host.clock;
    this.#meter = new Meter(host.clock);
    const entries = guardEntries(ctx.storage.kv);
    this.#calls = new ChildCalls(entries, this.#meter);
    this.#engine = new RunEngine({
      ...engineDeps(host),
      storage: new RunStorage(entries, this.#meter),
      broadcast: (events) => this.#broadcast(events),
      watchers: () => ctx.getWebSockets().length,
      armWake: (at) => this.#arm(at),
      listCalls: () => this.#calls.list().map((call) => call.run_id),
      meter: this.#meter,
    });
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

  async permitUpload(attempt: number | null, sizeBytes: number): Promise<UploadPermit> {
    const record = this.#engine.record;
    if (!record) return { kind: "missing", worker_id: "", bundle_digest: "", dry: false };
    const { worker_id, bundle_digest, dry } = record.spec;
    const facts = { worker_id, bundle_digest, dry };
    if (needsNoPlace(record.state)) return { kind: "ended", ...facts };
    const stale = attempt !== null && attempt !== record.state.attempt;
    if (stale) return { kind: "stale", ...facts };
    return { kind: this.#allowance.take(sizeBytes) ? "granted" : "full", ...facts };
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

  async findCaller(): Promise<Caller | null> {
    const record = this.#engine.record;
    return record && describeCaller(record, this.#clock());
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

  /** `GET /follow?after=N` with an upgrade: events after N, then each as it comes, until `close`. */
  override async fetch(request: Request): Promise<Response> {
    const after = Number(new URL(request.url).searchParams.get("after") ?? "0");
    const { 0: client, 1: server } = new WebSocketPair();
    if (!this.#engine.record) return new Response("There is no such run.", { status: 404 });

    this.ctx.acceptWebSocket(server);
    this.#sendBacklog(server, after);
    return new Response(null, { status: 101, webSocket: client });
  }

  #sendBacklog(socket: WebSocket, after: number): void {
    for (let from = after; ;) {
      const page = this.#engine.eventsAfter(from, FOLLOW_PAGE_EVENTS);
      if (!page) return socket.send(JSON.stringify({ archived: true }));
      socket.send(JSON.stringify({ events: page.events }));
      from = page.events.at(-1)?.seq ?? from;
      if (!page.more) break;
    }
    const record = this.#engine.record;
    const ended = record?.state.phase === "ended" && (record.milestones.at(-1)?.seq ?? 0) <= after;
    // A reader who has seen everything still learns that there is no more to come.
    if (record && ended) {
      const close = {
        type: "close",
        seq: after,
        timestamp: new Date(this.#clock()).toISOString(),
        status: statusOf(record.state),
      };
      socket.send(JSON.stringify({ events: [close] }));
    }
  }

  #broadcast(events: readonly RunEvent[]): void {
    const message = JSON.stringify({ events });
    for (const socket of this.ctx.getWebSockets()) socket.send(message);
  }

  override webSocketMessage(): void {
    // Followers only listen.
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }
}
