import type { SignInLink } from "#contract/connections/connection";
import { limits } from "#contract/limits";
import type { ToolAnswer } from "../tools/gate-api.ts";
import type { Clock } from "../platform/clock.ts";
import { toIso } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import { judgeDialAddress } from "../platform/network/dial-address.ts";
import type { Dial } from "../platform/network/dial-client.ts";
import type { After } from "../platform/within.ts";
import { within } from "../platform/within.ts";
import { AccountBook } from "./composio/account-book.ts";
import { callOver } from "./call-over.ts";
import {
  ComposioFault,
  deleteAccount,
  getAccountStatus,
  linkAccount,
  listActions,
} from "./composio/composio-client.ts";
import type { ComposioAccess } from "./composio/composio-client.ts";
import type {
  CheckResult,
  ConnectionApi,
  ConnectionCall,
  ConnectionReply,
  ConnectionTarget,
  ToolList,
  ConnectionNews,
} from "./connection-api.ts";
import { describeFault } from "./describe-fault.ts";
import { guardFetch } from "./guarded-fetch.ts";
import { httpTools } from "./http-call.ts";
import { describeTools, findObstacle } from "./judge-tools.ts";
import { kindOf } from "./kind-of.ts";
import { listServerTools, withServer } from "./protocol/mcp-client.ts";
import type { ServerAccess } from "./protocol/mcp-client.ts";
import { beginSignIn } from "./protocol/oauth-client.ts";
import type { OwnClient } from "./protocol/oauth-client.ts";
import { SignInKeeper } from "./sign-in-keeper.ts";
import type { Box } from "./sign-in-keeper.ts";
import { ToolShelf } from "./tool-shelf.ts";
import type { ShelfKv, ToolChanges } from "./tool-shelf.ts";

export interface KeeperDeps {
  kv: ShelfKv;
  clock: Clock;
  after: After;
  /** By the door for addresses that users have named. */
  dial: Dial;
  allowLoopback: boolean;
  /** Null where this server has no key for Composio. */
  composio: ComposioAccess | null;
  /** Null where nobody can be led back here: then nobody signs in. */
  own: OwnClient | null;
  newNonce: () => string;
  signState: (state: {
    id: string;
    workspace_id: string;
    user_id: string | null;
    nonce: string;
    expires_at: number;
  }) => Promise<string>;
  openBox: (target: ConnectionTarget) => Box;
  readSecret: (workspaceId: string, of: { name: string; host: string }) => Promise<string | undefined>;
  tell: (connectionId: string, news: ConnectionNews) => Promise<void>;
  /** Has those told whose workers declare the connection. The same change again is told once. */
  tellChanges: (target: ConnectionTarget, changes: ToolChanges) => Promise<void>;
}

/** Longer than what it waits for has itself: a stuck library must not hold its caller. */
const GRACE_MS = 2_000;

/** What one connection's object does: it alone has the credentials, and talks to the server. */
export class ConnectionKeeper implements Omit<ConnectionApi, "erase"> {
  readonly #deps: KeeperDeps;
  readonly #shelf: ToolShelf;
  readonly #signIn: SignInKeeper;
  readonly #accounts: AccountBook;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
    this.#shelf = new ToolShelf(deps.kv);
    this.#signIn = new SignInKeeper(deps);
    this.#accounts = new AccountBook(deps.kv);
  }

  async check(target: ConnectionTarget): Promise<CheckResult> {
    const result = await this.#ask(target);
    const now = this.#deps.clock();
    await this.#deps.tell(target.id, {
      status: result.needs_sign_in
        ? result.status === "expired"
          ? "expired"
          : "pending"
        : result.status === "valid"
          ? "active"
          : "failed",
      status_reason: result.status === "valid" ? null : result.reason,
      changed_tools: this.#shelf.changed,
      last_checked_at: now,
      last_check_status: result.status,
    });
    return result;
  }

  async #ask(target: ConnectionTarget): Promise<CheckResult> {
    const seconds = limits.connection_seconds.value;
    try {
      const tools = await within(this.#deps.after, seconds * 1000 + GRACE_MS, () =>
        this.#list(target, seconds),
      );
      await this.#shelf.takeOver(tools, this.#deps.clock());
      const changed = this.#shelf.changed;
      await this.#tellChanges(target);
      const reason =
        changed === 0
          ? `It answers, with ${tools.length} tools.`
          : `It answers; ${changed} tools are others than those that were accepted, and are not called.`;
      return { status: "valid", reason, needs_sign_in: false, account_label: null };
    } catch (error) {
      const { message, needsSignIn } = describeFault(error, seconds);
      const isOver = needsSignIn && (this.#signIn.isOver || this.#signIn.isSignedIn);
      return {
        status: isOver ? "expired" : "failed",
        reason: message,
        needs_sign_in: needsSignIn,
        account_label: null,
      };
    }
  }

  /** What could not be told is told by the next look; a look does not fail for it. */
  async #tellChanges(target: ConnectionTarget): Promise<void> {
    const changes = await this.#shelf.untold();
    if (changes === null) return;
    try {
      await this.#deps.tellChanges(target, changes);
      this.#shelf.markTold(changes);
    } catch (error) {
      log("warn", "connection.changes_not_told", { connection_id: target.id, error: describeError(error) });
    }
  }

  async #list(target: ConnectionTarget, seconds: number) {
    const { composio, http } = target.settings;
    if (http !== null) return this.#probeHttp(target, seconds);
    if (composio === null) return withServer(await this.#access(target, seconds), listServerTools);
    const access = this.#requireComposio();
    const status = await getAccountStatus(access, this.#requireAccount());
    if (status !== "ACTIVE")
      throw new ComposioFault(`Composio says that the account is ${status}: sign in again.`, 401);
    return listActions(access, composio.app);
  }

  async #probeHttp(target: ConnectionTarget, seconds: number) {
    const call = { call_id: "", tool: "get", arguments: { path: "" }, run_id: null, credentials: {} };
    const answer = await callOver({ ...this.#over(target), seconds }, target, call);
    if (!answer.ok && !/^http_(?:404|405)$/.test(answer.code)) throw new Error(answer.message);
    return httpTools;
  }

  #over(target: ConnectionTarget) {
    return {
      dial: this.#deps.dial,
      composio: this.#deps.composio,
      account: this.#accounts.current,
      readSecret: (of: { name: string; host: string }) => this.#deps.readSecret(target.workspace_id, of),
      access: (seconds: number) => this.#access(target, seconds),
      seconds: limits.connection_call_seconds.value,
    };
  }

  #requireComposio(): ComposioAccess {
    if (this.#deps.composio !== null) return this.#deps.composio;
    throw new ComposioFault("This server has no Composio key: whoever runs it sets COMPOSIO_API_KEY.", 0);
  }

  #requireAccount(): string {
    const account = this.#accounts.current;
    if (account !== null) return account;
    throw new ComposioFault("Nobody has signed in to the app yet.", 401);
  }

  /** How the server is reached: every address judged, the token from where it is sealed. */
  async #access(target: ConnectionTarget, seconds: number): Promise<ServerAccess> {
    const settings = target.settings.mcp;
    if (settings === null) throw new Error("The connection is none to an MCP server.");
    const signal = AbortSignal.timeout(seconds * 1000);
    const shared = { settings, dial: this.#deps.dial, signal };
    if (settings.auth !== null) {
      const name = settings.auth.slice("bearer:".length);
      const value = await this.#deps.readSecret(target.workspace_id, {
        name,
        host: new URL(settings.url).hostname,
      });
      if (value === undefined) throw new Error(`The secret ${name} is not set: floom secrets set ${name}`);
      const refused = () =>
        Promise.reject(new Error(`The server does not take the secret ${name} as a token.`));
      return { ...shared, token: () => Promise.resolve(value), refused };
    }
    const box = this.#deps.openBox(target);
    let used: string | undefined;
    return {
      ...shared,
      token: async () => (used = await this.#signIn.token(box)),
      refused: () => this.#signIn.renewAfter(box, used),
    };
  }

  async tools(target: ConnectionTarget): Promise<ToolList> {
    const { name, settings } = target;
    return {
      tools: describeTools(this.#shelf.all(), { name, kind: kindOf(settings), settings }),
      listed_at: this.#shelf.listedAt,
    };
  }

  async pin(
    target: ConnectionTarget,
    wanted: readonly { name: string; digest: string }[],
  ): Promise<ConnectionReply<ToolList>> {
    const others = this.#shelf.accept(wanted, this.#deps.clock());
    if (others.length > 0) {
      return refuse(
        "invalid_connection",
        `Not as you have read them any more: ${others.join(", ")}. List the tools again; none was accepted.`,
      );
    }
    await this.#deps.tell(target.id, { changed_tools: this.#shelf.changed });
    return { kind: "done", value: await this.tools(target) };
  }

  async authorize(
    target: ConnectionTarget,
    by: { user_id: string | null },
  ): Promise<ConnectionReply<SignInLink>> {
    const { own, clock, newNonce, signState } = this.#deps;
    const { mcp, composio } = target.settings;
    if (own === null)
      return refuse("public_url_unset", "FLOOM_PUBLIC_URL is not set, so nobody could be led back here.");
    if ((mcp !== null && mcp.auth !== null) || (mcp === null && composio === null))
      return refuse("no_sign_in", "The connection has its credential in a secret: nobody signs in.");
    const nonce = newNonce();
    const expiresAt = clock() + limits.connection_sign_in_seconds.value * 1000;
    const state = await signState({
      id: target.id,
      workspace_id: target.workspace_id,
      ...by,
      nonce,
      expires_at: expiresAt,
    });
    try {
      const work = () =>
        mcp === null
          ? this.#linkComposio(target, { nonce, state, expiresAt })
          : this.#beginOAuth(target, { nonce, state, expiresAt });
      const url = await within(this.#deps.after, limits.connection_seconds.value * 1000 + GRACE_MS, work);
      // A person's browser goes there: an address that nobody dials here leads nobody out of here either.
      const reason = judgeDialAddress(url, { allowLoopback: this.#deps.allowLoopback });
      if (reason !== null) {
        return refuse(
          "connection_unreachable",
          `The server's page for signing in is at an address that is not opened: ${reason}`,
        );
      }
      return { kind: "done", value: { url, expires_at: toIso(expiresAt) } };
    } catch (error) {
      if (error instanceof ComposioFault && error.status === 0 && this.#deps.composio === null)
        return refuse("composio_not_configured", error.message);
      if (error instanceof Error && error.name === "NoSignIn") return refuse("no_sign_in", error.message);
      return refuse("connection_unreachable", describeFault(error, limits.connection_seconds.value).message);
    }
  }

  async #beginOAuth(
    target: ConnectionTarget,
    of: { nonce: string; state: string; expiresAt: number },
  ): Promise<string> {
    const { own } = this.#deps;
    const { mcp } = target.settings;
    if (own === null || mcp === null) throw new Error("nothing to sign in to");
    const secretName = mcp.oauth_client?.client_secret ?? null;
    const secret =
      secretName === null
        ? null
        : await this.#deps.readSecret(target.workspace_id, { name: secretName, host: "" });
    if (secret === undefined)
      throw new Error(`The secret ${secretName} is not set: floom secrets set ${secretName}`);
    const { begun, link } = await beginSignIn({
      url: mcp.url,
      fetch: guardFetch(this.#deps.dial, {
        signal: AbortSignal.timeout(limits.connection_seconds.value * 1000),
        origin: null,
      }),
      own,
      given: mcp.oauth_client && { client_id: mcp.oauth_client.client_id, client_secret: secret },
      ...of,
    });
    await this.#signIn.keepBegun(this.#deps.openBox(target), begun);
    return link;
  }

  async #linkComposio(
    target: ConnectionTarget,
    of: { nonce: string; state: string; expiresAt: number },
  ): Promise<string> {
    const { own } = this.#deps;
    const { composio } = target.settings;
    if (own === null || composio === null) throw new Error("nothing to sign in to");
    const callback = new URL(own.redirect_uri);
    callback.searchParams.set("state", of.state);
    const link = await linkAccount(this.#requireComposio(), {
      app: composio.app,
      authConfig: composio.auth_config,
      user: target.workspace_id,
      callbackUrl: callback.href,
    });
    this.#accounts.begin({ nonce: of.nonce, expires_at: of.expiresAt, account: link.connected_account_id });
    return link.url;
  }

  async finish(
    target: ConnectionTarget,
    back: { nonce: string; code: string | null; iss: string | null },
  ): Promise<ConnectionReply<null>> {
    const refused = refuse("connection_sign_in_refused", "The link was used already, or is too old.");
    try {
      if (target.settings.composio !== null) {
        if (!this.#accounts.take(back.nonce, this.#deps.clock())) return refused;
      } else {
        const box = this.#deps.openBox(target);
        const begun = await this.#signIn.takeBegun(box, back.nonce);
        if (begun === null) return refused;
        if (back.code === null) return refuse("connection_sign_in_refused", "The server sent no code.");
        await this.#signIn.end(box, begun, { code: back.code, iss: back.iss });
      }
    } catch (error) {
      log("warn", "connection.sign_in_failed", { connection_id: target.id, error: describeError(error) });
      return refuse(
        "connection_sign_in_refused",
        describeFault(error, limits.connection_seconds.value).message,
      );
    }
    await this.check(target);
    return { kind: "done", value: null };
  }

  async hasAccount(account: string): Promise<boolean> {
    return this.#accounts.current === account;
  }

  async call(target: ConnectionTarget, call: ConnectionCall): Promise<ToolAnswer> {
    const { settings, name } = target;
    // What a tool says of itself may be another since it was read, of which nobody would hear.
    if (settings.mcp !== null && this.#shelf.isOld(this.#deps.clock())) await this.#ask(target);
    const kept = this.#shelf.find(call.tool);
    const obstacle = findObstacle(kept, { name, tool: call.tool, settings });
    if (obstacle !== null) return { ok: false, ...obstacle, retryable: false, sent: false };
    const seconds = limits.connection_call_seconds.value;
    const answer = await within(this.#deps.after, seconds * 1000 + GRACE_MS, () =>
      callOver(this.#over(target), target, call),
    ).catch((error: unknown): ToolAnswer => {
      const { message, retryable } = describeFault(error, seconds);
      return { ok: false, code: "connection_failed", message, retryable, sent: true };
    });
    await this.#noteCall(target, call, answer);
    return answer;
  }

  /** How a connection stands follows from the last true call. A failed call closes nothing: the next one is tried. */
  async #noteCall({ id }: ConnectionTarget, { run_id }: ConnectionCall, answer: ToolAnswer): Promise<void> {
    const used = { last_used_at: this.#deps.clock(), last_used_by: run_id };
    const isReached = answer.ok || answer.code === "tool_error" || answer.code.startsWith("http_");
    if (isReached) return this.#deps.tell(id, { ...used, status: "active", status_reason: null });
    const status = answer.code !== "not_signed_in" ? "failed" : this.#signIn.isOver ? "expired" : "pending";
    await this.#deps.tell(id, { ...used, status, status_reason: answer.message });
  }

  /** Has Composio forget the account; a server that cannot be reached keeps nobody from removing a connection. */
  async letGo(): Promise<void> {
    const account = this.#accounts.current;
    if (account === null || this.#deps.composio === null) return;
    await deleteAccount(this.#deps.composio, account).catch((error: unknown) => {
      log("warn", "connection.account_left", { error: describeError(error) });
    });
  }
}

function refuse(
  code: Extract<ConnectionReply<never>, { kind: "refused" }>["code"],
  detail: string,
): ConnectionReply<never> {
  return { kind: "refused", code, detail };
}
