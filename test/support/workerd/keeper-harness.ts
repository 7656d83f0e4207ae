import { connectionIdSchema } from "#contract/ids";
import type { ConnectionTarget } from "../../../worker/connections/connection-api.ts";
import type { ConnectionSettings } from "../../../worker/connections/connection-settings.ts";
import { ConnectionKeeper } from "../../../worker/connections/keeper.ts";
import type { ConnectionNews } from "../../../worker/connections/connection-api.ts";
import type { KeeperDeps } from "../../../worker/connections/keeper.ts";
import { signState } from "../../../worker/connections/sign-in-state.ts";
import { openStrangerDial } from "../../../worker/platform/network/dial-client.ts";
import { makeDataKey, openValue, sealValue } from "../../../worker/platform/secrets/envelope-crypto.ts";
import { KvInMemory } from "./kv-in-memory.ts";

/** A connection's keeper over real servers: its storage outlives it, its clock is the test's. */
export class KeeperHarness {
  readonly kv = new KvInMemory();
  readonly news: ConnectionNews[] = [];
  readonly dialled: string[] = [];
  readonly secrets: Record<string, string> = {};
  now = 1_790_000_000_000;
  allowLoopback = true;
  documentUrl: string | null = null;
  /** What those were told of whose workers declare the connection. */
  readonly changes: { tools: string[]; mark: string }[] = [];
  composio: KeeperDeps["composio"] = null;
  readonly target: ConnectionTarget;
  keeper: ConnectionKeeper;
  readonly #key = makeDataKey();

  constructor(settings: Partial<ConnectionSettings>) {
    this.target = {
      id: connectionIdSchema.parse(`con_${"0".repeat(26)}`),
      workspace_id: "wsp_00000000000000000000000000",
      name: "linear",
      settings: {
        mcp: null,
        http: null,
        composio: null,
        scope: "full",
        allowed_tools: null,
        enabled: true,
        ...settings,
      },
    };
    this.keeper = this.#open();
  }

  /** What is in memory is lost, as when an object is evicted or its machine dies. */
  restart(): void {
    this.keeper = this.#open();
  }

  get last(): ConnectionNews {
    return this.news.reduce((all, one) => ({ ...all, ...one }), {});
  }

  call(tool: string, args: Record<string, unknown> = {}, callId = "call_1") {
    return this.keeper.call(this.target, {
      call_id: callId,
      tool,
      arguments: structuredClone(args) as never,
      run_id: "run_1",
      credentials: {},
    });
  }

  /** Accepts every tool as it is listed now. */
  async acceptAll() {
    const { tools } = await this.keeper.tools(this.target);
    return this.keeper.pin(
      this.target,
      tools.map(({ name, digest }) => ({ name, digest })),
    );
  }

  #open(): ConnectionKeeper {
    return new ConnectionKeeper({
      kv: this.kv,
      clock: () => this.now,
      after: (ms, act) => {
        const timer = setTimeout(act, ms);
        return () => clearTimeout(timer);
      },
      dial: (url, init) => {
        const dial = openStrangerDial({ publicNetwork: undefined, allowLoopback: this.allowLoopback });
        this.dialled.push(url);
        return dial(url, init);
      },
      allowLoopback: this.allowLoopback,
      composio: this.composio,
      own: {
        redirect_uri: "http://127.0.0.1:1/api/connections/callback",
        document_url: this.documentUrl,
      },
      newNonce: () => crypto.randomUUID(),
      signState: (state) => signState("k".repeat(32), state),
      openBox: ({ id }) => ({
        seal: (secret) => sealValue(this.#key, { purpose: id, secret }),
        open: (sealed) => openValue(this.#key, { purpose: id, sealed }),
      }),
      readSecret: async (_workspace, { name }) => this.secrets[name],
      tell: async (_id, news) => void this.news.push(news),
      tellChanges: async (_target, changes) => void this.changes.push(changes),
    });
  }
}

export const mcpSettings = (url: string, more: Partial<NonNullable<ConnectionSettings["mcp"]>> = {}) => ({
  mcp: { url, transport: "streamable_http" as const, auth: null, oauth_client: null, ...more },
});

/** What a person's browser does with a link: it ends at the return address, which is not asked. */
export async function followLink(
  link: string,
): Promise<{ nonce: string; code: string | null; iss: string | null }> {
  const answer = await fetch(link, { redirect: "manual" });
  const back = new URL(answer.headers.get("location") ?? "");
  const nonce = (back.searchParams.get("state") ?? "").split(".")[3] ?? "";
  return { nonce, code: back.searchParams.get("code"), iss: back.searchParams.get("iss") };
}
