import { DurableObject } from "cloudflare:workers";
import { openObjectHost } from "../compose/host.ts";
import { buildDeps } from "../compose/object-deps.ts";
import { BuildEngine } from "../dependencies/build-engine.ts";
import type { EdgeEnv } from "../env.ts";
import type { BuildUpkeepApi } from "../retention/housekeeper-api.ts";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import { guardEntries } from "../platform/objects/carriers.ts";
import type {
  BuildAnswer,
  BuildOrder,
  BuildWaiter,
  DependencyBuilds,
} from "../runs/ports/dependency-builds.ts";

/** When everything is tried again after a wake-up failed. */
const FAILED_WAKE_MS = 60_000;

/**
 * One per version that names packages: the shell around BuildEngine. That there is one object for each is what makes
 * two runs that start at once wait for one build. Owns the build's state and its alarm.
 */
export class BuildObject extends DurableObject<EdgeEnv> implements DependencyBuilds, BuildUpkeepApi {
  #engine: BuildEngine;
  /** From what is stored now. */
  readonly #openEngine: () => BuildEngine;
  readonly #clock: Clock;
  #alarmAt: number | null = null;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const host = openObjectHost(env);
    this.#clock = host.clock;
    this.#openEngine = () =>
      new BuildEngine({
        ...buildDeps(host),
        storage: guardEntries(ctx.storage.kv),
        armWake: (at) => this.#arm(at),
      });
    this.#engine = this.#openEngine();
    void ctx.blockConcurrencyWhile(() => this.#recallAlarm());
  }

  /** An alarm that is missing or past due is set again: what runs wait for must not hang on one lost alarm. */
  async #recallAlarm(): Promise<void> {
    this.#alarmAt = await this.ctx.storage.getAlarm();
    const wake = this.#engine.wakeAt();
    if (wake !== null && (this.#alarmAt === null || this.#alarmAt <= this.#clock())) this.#arm(wake);
  }

  #arm(at: number): void {
    const now = this.#clock();
    if (this.#alarmAt !== null && this.#alarmAt <= at && this.#alarmAt > now) return;
    this.#alarmAt = Math.max(at, now);
    this.ctx.waitUntil(this.ctx.storage.setAlarm(this.#alarmAt));
  }

  async ask(order: BuildOrder, waiter: BuildWaiter): Promise<BuildAnswer> {
    return this.#engine.ask(order, waiter);
  }

  async forget(): Promise<boolean> {
    if (this.#engine.wakeAt() !== null) return false;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#engine = this.#openEngine();
    return true;
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    try {
      await this.#engine.wake();
    } catch (error) {
      log("error", "build.wake_failed", { error: describeError(error) });
      this.#arm(this.#clock() + FAILED_WAKE_MS);
    }
  }
}
