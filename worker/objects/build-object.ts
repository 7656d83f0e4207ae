import { DurableObject } from "cloudflare:workers";
import { openObjectHost } from "../compose/host.ts";
import { buildDeps } from "../compose/object-deps.ts";
import { BuildEngine } from "../dependencies/build-engine.ts";
import type { EdgeEnv } from "../env.ts";
import type { BuildUpkeepApi } from "../retention/housekeeper-api.ts";
import { guardEntries } from "../platform/objects/carriers.ts";
import { WakeUp } from "../platform/objects/wake-up.ts";
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
  readonly #wakeUp: WakeUp;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const host = openObjectHost(env);
    this.#openEngine = () =>
      new BuildEngine({
        ...buildDeps(host),
        storage: guardEntries(ctx.storage.kv),
        armWake: (at) => this.#wakeUp.arm(at),
      });
    this.#wakeUp = new WakeUp(ctx, {
      clock: host.clock,
      wish: () => this.#engine.wakeAt(),
      retryMs: FAILED_WAKE_MS,
      failedEvent: "build.wake_failed",
    });
    this.#engine = this.#openEngine();
    this.#wakeUp.recall();
  }

  async ask(order: BuildOrder, waiter: BuildWaiter): Promise<BuildAnswer> {
    return this.#engine.ask(order, waiter);
  }

  async forget(): Promise<boolean> {
    if (this.#engine.wakeAt() !== null) return false;
    await this.#wakeUp.disarm();
    await this.ctx.storage.deleteAll();
    this.#engine = this.#openEngine();
    return true;
  }

  override async alarm(): Promise<void> {
    await this.#wakeUp.answer(() => this.#engine.wake());
  }
}
