import { DurableObject } from "cloudflare:workers";
import type { SignInLink } from "#contract/connections/connection";
import { keeperDeps } from "../compose/connections/connection-deps.ts";
import { openObjectHost } from "../compose/host.ts";
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
import type { ToolAnswer } from "../tools/gate-api.ts";

/** One per connection, by its id: the shell around its ConnectionKeeper. Owns what signs in there, and its tools as they were accepted. */
export class ConnectionObject extends DurableObject<EdgeEnv> implements ConnectionApi {
  #keeper: ConnectionKeeper;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#keeper = this.#open();
  }

  #open(): ConnectionKeeper {
    return new ConnectionKeeper({
      ...keeperDeps(openObjectHost(this.env)),
      kv: guardEntries(this.ctx.storage.kv),
    });
  }

  async check(target: ConnectionTarget): Promise<CheckResult> {
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
    return this.#keeper.call(target, call);
  }

  async erase(): Promise<void> {
    await this.#keeper.letGo();
    await this.ctx.storage.deleteAll();
    this.#keeper = this.#open();
  }
}
