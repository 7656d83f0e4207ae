import { DurableObject } from "cloudflare:workers";
import { openObjectHost } from "../compose/host.ts";
import { capacityDeps } from "../compose/object-deps.ts";
import { readConfig } from "../env.ts";
import type { EdgeEnv } from "../env.ts";
import { systemClock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import { claim, openCapacity, reconcile, release } from "../sandboxes/capacity.ts";
import type { CapacityState, Claim } from "../sandboxes/capacity.ts";
import type { CapacityApi } from "../sandboxes/capacity-api.ts";

const LOOK_AGAIN_MS = 30_000;
/** A provider that does not answer must not hold up everybody: its own refusals are the limit then. */
const LOOK_PATIENCE_MS = 2000;

const elapsed = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * One for all: asked before every sandbox. Owns nothing durable, so that a run costs no row here; what it forgets when
 * it goes away it learns again from the provider's own list, before it answers anybody.
 */
export class CapacityObject extends DurableObject<EdgeEnv> implements CapacityApi {
  #state: CapacityState = openCapacity(systemClock());
  #lookedAt = 0;
  #look: Promise<void> | null = null;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#look = this.#askProvider();
  }

  async #askProvider(): Promise<void> {
    this.#lookedAt = systemClock();
    try {
      const alive = await capacityDeps(openObjectHost(this.env)).listRunning();
      this.#state = reconcile(this.#state, alive, systemClock());
    } catch (error) {
      log("warn", "capacity.list_failed", { error: describeError(error) });
    }
    this.#look = null;
  }

  async claim(asked: Claim) {
    if (this.#look) await Promise.race([this.#look, elapsed(LOOK_PATIENCE_MS)]);
    const { sandboxLimits: limits } = readConfig(this.env);
    const now = systemClock();
    const { state, verdict } = claim(this.#state, { claim: asked, limits, now });
    this.#state = state;
    // The word that a sandbox is gone may have been lost: look, so that whoever asks again finds the truth.
    const full = verdict.kind === "wait" && verdict.full;
    if (full && now - this.#lookedAt >= LOOK_AGAIN_MS) this.ctx.waitUntil(this.#askProvider());
    return verdict;
  }

  async release(runId: string): Promise<void> {
    this.#state = release(this.#state, runId);
  }
}
