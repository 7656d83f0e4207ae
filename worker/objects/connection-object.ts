import { DurableObject } from "cloudflare:workers";
import type { SignInLink } from "#contract/connections/connection";
import { keeperDeps, watchDeps } from "../compose/connections/connection-deps.ts";
import { openObjectHost } from "../compose/host.ts";
import { HealthWatch } from "../connections/health/health-watch.ts";
import { ConnectionKeeper } from "../connections/keeper.ts";
import type {
  CheckResult,
  ConnectionApi,
  ConnectionCall,
  ConnectionReply,
  ConnectionTarget,
  ToolList,
} from "../connections/connection-api.ts";
import type { EdgeEnv } from "../env.ts";
import { guardEntries } from "../platform/objects/carriers.ts";
import { WakeUp } from "../platform/objects/wake-up.ts";
import type { ToolAnswer } from "../tools/gate-api.ts";

/** When everything is tried again after a wake-up failed. */
const FAILED_WAKE_MS = 15 * 60_000;

/**
 * One per connection, by its id: the shell around its ConnectionKeeper, and the watch over it. Owns what signs in there, its tools
 * as they were accepted, and its alarm.
 */
export class ConnectionObject extends DurableObject<EdgeEnv> implements ConnectionApi {
  #keeper: ConnectionKeeper;
  readonly #watch: HealthWatch;
  readonly #wakeUp: WakeUp;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const host = openObjectHost(env);
    this.#keeper = this.#open();
    this.#watch = new HealthWatch({
      ...watchDeps(host),
      kv: guardEntries(ctx.storage.kv),
      rearm: () => this.#wakeUp.rearm(),
      check: (target) => this.#keeper.check(target),
    });
    this.#wakeUp = new WakeUp(ctx, {
      clock: host.clock,
      wish: () => this.#watch.wakeAt(),
      retryMs: FAILED_WAKE_MS,
      failedEvent: "connection.wake_failed",
    });
    this.#wakeUp.recall();
  }

  #open(): ConnectionKeeper {
    return new ConnectionKeeper({
      ...keeperDeps(openObjectHost(this.env)),
      kv: guardEntries(this.ctx.storage.kv),
    });
  }

  async check(target: ConnectionTarget): Promise<CheckResult> {
    this.#watch.noteUse(target);
    return this.#keeper.check(target);
  }

  async tools(target: ConnectionTarget): Promise<ToolList> {
    return this.#keeper.tools(target);
  }

  async pin(
    target: ConnectionTarget,
    tools: readonly { name: string; digest: string }[],
  ): Promise<ConnectionReply<ToolList>> {
    return this.#keeper.pin(target, tools);
  }

  async authorize(
    target: ConnectionTarget,
    by: { user_id: string | null },
  ): Promise<ConnectionReply<SignInLink>> {
    return this.#keeper.authorize(target, by);
  }

  async finish(
    target: ConnectionTarget,
    back: { nonce: string; code: string | null; iss: string | null },
  ): Promise<ConnectionReply<null>> {
    return this.#keeper.finish(target, back);
  }

  async hasAccount(account: string): Promise<boolean> {
    return this.#keeper.hasAccount(account);
  }

  async call(target: ConnectionTarget, call: ConnectionCall): Promise<ToolAnswer> {
    this.#watch.noteUse(target);
    return this.#keeper.call(target, call);
  }

  async erase(): Promise<void> {
    await this.#keeper.letGo();
    await this.#wakeUp.disarm();
    await this.ctx.storage.deleteAll();
    this.#keeper = this.#open();
  }

  override async alarm(): Promise<void> {
    await this.#wakeUp.answer(async () => {
      await this.#watch.wake();
      this.#wakeUp.rearm();
    });
  }
}
