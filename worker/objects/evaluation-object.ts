import { DurableObject } from "cloudflare:workers";
import { evaluationEngineDeps } from "../compose/evaluations/engine-deps.ts";
import { openObjectHost } from "../compose/host.ts";
import type { EvaluationApi, EvaluationOrder } from "../evaluations/evaluation-api.ts";
import { EvaluationEngine } from "../evaluations/evaluation-engine.ts";
import type { EdgeEnv } from "../env.ts";
import { guardEntries } from "../platform/objects/carriers.ts";
import { WakeUp } from "../platform/objects/wake-up.ts";

/** When everything is tried again after a wake-up failed. */
const FAILED_WAKE_MS = 30_000;

/** One per evaluation, by its id: the shell around its EvaluationEngine. Owns its state, its rows and its alarm. */
export class EvaluationObject extends DurableObject<EdgeEnv> implements EvaluationApi {
  readonly #engine: EvaluationEngine;
  readonly #wakeUp: WakeUp;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const host = openObjectHost(env);
    this.#engine = new EvaluationEngine({
      ...evaluationEngineDeps(host),
      storage: guardEntries(ctx.storage.kv),
      armWake: (at) => this.#wakeUp.arm(at),
    });
    this.#wakeUp = new WakeUp(ctx, {
      clock: host.clock,
      wish: () => this.#engine.wakeAt(),
      retryMs: FAILED_WAKE_MS,
      failedEvent: "evaluation.wake_failed",
    });
    this.#wakeUp.recall();
  }

  async begin(order: EvaluationOrder): Promise<boolean> {
    return this.#engine.begin(order);
  }

  async countDone(): Promise<number> {
    return this.#engine.countDone();
  }

  async cancel(): Promise<void> {
    this.#engine.cancel();
  }

  override async alarm(): Promise<void> {
    await this.#wakeUp.answer(async () => {
      await this.#engine.wake();
      if (!this.#engine.isOver()) return;
      // What it came to is in its rows.
      await this.#wakeUp.disarm();
      await this.ctx.storage.deleteAll();
    });
  }
}
