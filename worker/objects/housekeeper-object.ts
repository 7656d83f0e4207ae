import { DurableObject } from "cloudflare:workers";
import { openObjectHost } from "../compose/host.ts";
import { retentionDeps } from "../compose/retention-deps.ts";
import type { EdgeEnv } from "../env.ts";
import type { Clock } from "../platform/clock.ts";
import { guardEntries } from "../platform/objects/carriers.ts";
import { WakeUp } from "../platform/objects/wake-up.ts";
import type { DutyOf } from "../retention/duty.ts";
import { HouseStorage } from "../retention/house-storage.ts";
import { Housekeeper } from "../retention/housekeeper.ts";
import type { HousekeeperApi, HouseState } from "../retention/housekeeper-api.ts";

/** When everything is tried again after a wake-up failed. */
const FAILED_WAKE_MS = 60_000;

/**
 * One per workspace: the shell around its Housekeeper. Owns its storage and its alarm. There is no clock of the platform's
 * behind it: the alarm is set by what happens in a workspace anyway (a push, a look at its settings), and sets itself.
 */
export class HousekeeperObject extends DurableObject<EdgeEnv> implements HousekeeperApi {
  readonly #housekeeper: Housekeeper;
  readonly #clock: Clock;
  readonly #wakeUp: WakeUp;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const host = openObjectHost(env);
    this.#clock = host.clock;
    this.#housekeeper = new Housekeeper({
      ...retentionDeps(host),
      storage: new HouseStorage(guardEntries(ctx.storage.kv)),
      rearm: () => this.#wakeUp.rearm(),
    });
    this.#wakeUp = new WakeUp(ctx, {
      clock: host.clock,
      wish: () => this.#housekeeper.nextWake(),
      retryMs: FAILED_WAKE_MS,
      failedEvent: "retention.wake_failed",
    });
    this.#wakeUp.recall();
  }

  async open(workspaceId: string): Promise<HouseState> {
    return this.#housekeeper.open(workspaceId);
  }

  async clearWorker(workspaceId: string, duty: DutyOf<"worker">): Promise<void> {
    await this.#housekeeper.clearWorker(workspaceId, duty);
  }

  override async alarm(): Promise<void> {
    await this.#wakeUp.answer(async () => {
      await this.#housekeeper.wake(this.#clock());
      this.#wakeUp.rearm();
    });
  }
}
