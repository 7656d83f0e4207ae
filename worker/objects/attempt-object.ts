import { DurableObject } from "cloudflare:workers";
import type { CouncilRecord } from "#contract/councils/council";
import type { PlanState } from "#contract/pipelines/stage";
import type { ToolCall } from "#contract/tool-calls/tool-call";
import type { ScriptConnection } from "#contract/script-tools/script-call";
import type {
  AttemptApi,
  AttemptJournal,
  AttemptOrder,
  CallsAfter,
  ScriptOf,
  ScriptReply,
  ScriptWish,
} from "../attempts/attempt-api.ts";
import { AttemptEngine } from "../attempts/attempt-engine.ts";
import type { ScriptDesk } from "../attempts/script-desk.ts";
import { AttemptStorage } from "../attempts/attempt-storage.ts";
import { attemptDeps } from "../compose/programs/attempt-deps.ts";
import { readRecordedCouncil } from "../compose/programs/recorded-council.ts";
import { readRecordedPlan } from "../compose/programs/recorded-plan.ts";
import { openScriptDesk } from "../compose/programs/script-desk.ts";
import { findRecordedAnswer, listRecordedCalls } from "../compose/programs/recorded-calls.ts";
import { openObjectHost } from "../compose/host.ts";
import type { Host } from "../compose/host.ts";
import type { EdgeEnv } from "../env.ts";
import { guardEntries } from "../platform/objects/carriers.ts";
import { WakeUp } from "../platform/objects/wake-up.ts";
import type { ToolAnswer } from "../tools/gate-api.ts";

/** When everything is tried again after a wake-up failed. */
const FAILED_WAKE_MS = 60_000;

/**
 * One per attempt that the edge carries out by itself, or whose script calls tools: the shell around AttemptEngine and
 * ScriptDesk. Owns its journal, what its program remembers, the record of its calls, and its alarm. It is awake for a step, or
 * a call, at a time.
 */
export class AttemptObject extends DurableObject<EdgeEnv> implements AttemptApi {
  #engine: AttemptEngine;
  #desk: ScriptDesk;
  /** From what is stored now. */
  readonly #openEngine: () => AttemptEngine;
  readonly #wakeUp: WakeUp;
  readonly #entries: SyncKvStorage;
  readonly #host: Host;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const host = openObjectHost(env);
    const entries = guardEntries(ctx.storage.kv);
    this.#entries = entries;
    this.#host = host;
    this.#openEngine = () =>
      new AttemptEngine({
        ...attemptDeps(host, entries),
        storage: new AttemptStorage(entries),
        armWake: (at) => this.#wakeUp.arm(at),
      });
    this.#wakeUp = new WakeUp(ctx, {
      clock: host.clock,
      wish: () => earliest(this.#engine.wakeAt(), this.#desk.wakeAt()),
      retryMs: FAILED_WAKE_MS,
      failedEvent: "attempt.wake_failed",
    });
    this.#engine = this.#openEngine();
    this.#desk = this.#openDesk();
    this.#wakeUp.recall();
  }

  #openDesk(): ScriptDesk {
    return openScriptDesk(this.#host, this.#entries, (at) => this.#wakeUp.arm(at));
  }

  async bind(launch: number): Promise<number> {
    return this.#engine.bind(launch);
  }

  async begin(order: AttemptOrder): Promise<boolean> {
    return this.#engine.begin(order);
  }

  async readJournal(offset: number, maxBytes: number): Promise<AttemptJournal | null> {
    return this.#engine.read(offset, maxBytes);
  }

  async stop(): Promise<boolean> {
    this.#engine.stop();
    return new AttemptStorage(this.#entries).hasSandbox;
  }

  async wake(): Promise<void> {
    this.#engine.call();
  }

  async callForScript(of: ScriptOf, wish: ScriptWish): Promise<ScriptReply | null> {
    return this.#desk.call(of, wish);
  }

  async listForScript(of: ScriptOf): Promise<ScriptConnection[] | null> {
    return this.#desk.list(of);
  }

  async listCalls(range: CallsAfter): Promise<ToolCall[]> {
    const order = new AttemptStorage(this.#entries).order();
    return order === null
      ? []
      : listRecordedCalls({ host: this.#host, entries: this.#entries, order }, range);
  }

  async findAnswer(digest: string): Promise<ToolAnswer | null> {
    return findRecordedAnswer(this.#entries, digest);
  }

  async readCouncil(): Promise<CouncilRecord | null> {
    return readRecordedCouncil(this.#entries);
  }

  async readPlan(): Promise<PlanState | null> {
    return readRecordedPlan(this.#entries);
  }

  async forget(): Promise<void> {
    this.#engine.stop();
    await this.#wakeUp.disarm();
    await this.ctx.storage.deleteAll();
    this.#engine = this.#openEngine();
    this.#desk = this.#openDesk();
  }

  override async alarm(): Promise<void> {
    await this.#wakeUp.answer(async () => {
      await this.#engine.wake();
      await this.#desk.wake();
    });
  }
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
