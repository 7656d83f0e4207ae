import { DurableObject } from "cloudflare:workers";
import { openObjectHost } from "../compose/host.ts";
import { retentionDeps } from "../compose/retention-deps.ts";
import type { EdgeEnv } from "../env.ts";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import type { DutyOf } from "../retention/duty.ts";
import { HouseStorage } from "../retention/house-storage.ts";
import { Housekeeper } from "../retention/housekeeper.ts";
import type { HousekeeperApi, HouseState } from "../retention/housekeeper-api.ts";

/**
 * One per workspace: the shell around its Housekeeper. Owns its storage and its alarm. There is no clock of the platform's
 * behind it: the alarm is set by what happens in a workspace anyway (a push, a look at its settings), and sets itself.
 */
export class HousekeeperObject extends DurableObject<EdgeEnv> implements HousekeeperApi {
  readonly #housekeeper: Housekeeper;
  readonly #clock: Clock;
  #alarmAt: number | null = null;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const host = openObjectHost(env);
    this.#clock = host.clock;
    this.#housekeeper = new Housekeeper({
      ...retentionDeps(host),
      storage: new HouseStorage(ctx.storage.kv),
      rearm: () => this.#arm(),
      erase: async () => {
        await ctx.storage.deleteAlarm();
        await ctx.storage.deleteAll();
      },
    });
    void ctx.blockConcurrencyWhile(() => this.#recallAlarm());
  }

  /** An alarm that is missing or past due is set again. */
  async #recallAlarm(): Promise<void> {
    this.#alarmAt = await this.ctx.storage.getAlarm();
    if (this.#alarmAt === null || this.#alarmAt <= this.#clock()) this.#arm();
  }

  #arm(): void {
    const at = this.#housekeeper.nextWake();
    const now = this.#clock();
    const stands = this.#alarmAt !== null && this.#alarmAt > now;
    if (at === null || (stands && this.#alarmAt !== null && this.#alarmAt <= at)) return;
    this.#alarmAt = Math.max(at, now);
    this.ctx.waitUntil(this.ctx.storage.setAlarm(this.#alarmAt));
  }

  async open(workspaceId: string): Promise<HouseState> {
    return this.#housekeeper.open(workspaceId);
  }

  async clearWorker(workspaceId: string, duty: DutyOf<"worker">): Promise<void> {
    await this.#housekeeper.clearWorker(workspaceId, duty);
  }

  async clearWorkspace(workspaceId: string): Promise<void> {
    await this.#housekeeper.clearWorkspace(workspaceId);
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    try {
      await this.#housekeeper.wake(this.#clock());
    } catch (error) {
      // It has written down when to try again: after some failures the platform would wake the object no more.
      log("error", "retention.wake_failed", { error: describeError(error) });
    }
    this.#arm();
  }
}
