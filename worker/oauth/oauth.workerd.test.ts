import { env, exports } from "cloudflare:workers";
import * as oauth from "oauth4webapi";
import { afterEach, expect, it, vi } from "vitest";
import { workspaceIdSchema } from "#contract/ids";
import { callApi, testHost } from "../../test/support/workerd/api-harness.ts";
import { Browser, ORIGIN, signUp } from "../../test/support/workerd/account-harness.ts";
import {
  allow,
  ask,
  discover,
  goTo,
  options,
  redeem,
  REDIRECT,
  refresh,
  register,
} from "../../test/support/workerd/oauth-client.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { readCatalogMark } from "../catalog/mark-store.ts";
import { mcpDeps } from "../compose/token-deps.ts";
import { findClientPrincipal } from "./bearer-service.ts";
import { verifies } from "../../test/verifies.ts";

const mcp = (token: string) =>
  callApi("POST", "/mcp", {
    token,
    headers: { accept: "application/json, text/event-stream" },
    json: { jsonrpc: "2.0", id: 1, method: "ping" },
  });
/** Who is let in is answered. */
const [IN, OUT] = [200, 401];

afterEach(() => vi.restoreAllMocks());

/** Somebody who is signed in, and their workspace. */
async function person(email = "ada@floom.test"): Promise<{ browser: Browser; workspace_id: string }> {
  const browser = new Browser();
  await signUp(browser, email);
  const me: { workspace_id: string } = await (await browser.call("GET", "/api/workspace/info")).json();
  return { browser, workspace_id: me.workspace_id };
}

async function connect() {
  const { browser, workspace_id } = await person();
  const as = await discover();
  const asked = await ask(as, await register(as));
  const back = await allow(browser, asked, { workspace_id });
  const tokens = await redeem(asked, back);
  return { browser, workspace_id, as, asked, back, tokens };
}

const codeOf = (error: unknown) => (error instanceof oauth.ResponseBodyError ? error.error : error);
const refusal = (act: Promise<unknown>) => act.then(() => "it was answered", codeOf);

it("a strict foreign client finds its way from /mcp, registers, is let in by a person, renews and gives up its access", async () => {
  verifies("oauth:flow:foreign-client");
  const { as, asked, tokens } = await connect();
  expect(tokens).toMatchObject({ token_type: "bearer", expires_in: 600 });
  expect(tokens.access_token).toMatch(/^flm_oat_/);
  expect((await mcp(tokens.access_token)).status).toBe(IN);
  const next = await refresh(asked, tokens.refresh_token ?? "");
  expect(next.refresh_token).not.toBe(tokens.refresh_token);
  expect((await mcp(next.access_token)).status).toBe(IN);
  const revoked = await oauth.revocationRequest(
    as,
    asked.client,
    oauth.None(),
    next.refresh_token ?? "",
    options,
  );
  await oauth.processRevocationResponse(revoked);
  expect((await mcp(next.access_token)).status).toBe(OUT);
});

it("a token of a form that nobody was given renews nothing, and is revoked already", async () => {
  verifies("oauth:flow:foreign-client");
  const { as, asked } = await connect();
  expect(await refusal(refresh(asked, "somebody-elses"))).toBe("invalid_grant");
  for (const token of ["somebody-elses", "flm_oat_x", "flm_ort_x"]) {
    const revoked = await oauth.revocationRequest(as, asked.client, oauth.None(), token, options);
    await oauth.processRevocationResponse(revoked);
  }
  const about = { client_id: asked.client.client_id };
  const type = (name: string) => ({ "content-type": name });
  for (const [path, init] of [
    ["revoke", { body: new URLSearchParams(about) }],
    [
      "revoke",
      { body: new URLSearchParams({ ...about, token: "flm_ort_x" }), headers: { authorization: "(broken" } },
    ],
    ["revoke", { body: "{", headers: type("application/json") }],
    ["token", { body: "{", headers: type("application/json") }],
    ["token", { body: "%", headers: type("text/plain") }],
  ] as const) {
    const { status } = await exports.default.fetch(
      new Request(`${ORIGIN}/oauth2/${path}`, { method: "POST", ...init }),
    );
    expect([path, init, status >= 400 && status < 500]).toEqual([path, init, true]);
  }
});

it("a token is revoked whatever its client takes it for", async () => {
  const { as, asked, tokens } = await connect();
  const more = { ...options, additionalParameters: { token_type_hint: "access_token" } };
  const token = tokens.refresh_token ?? "";
  const revoked = await oauth.revocationRequest(as, asked.client, oauth.None(), token, more);
  await oauth.processRevocationResponse(revoked);
  expect(await refusal(refresh(asked, token))).toBe("invalid_grant");
  expect((await mcp(tokens.access_token)).status).toBe(OUT);
});

it("a client that is described at its own address is let in without registering, and its document is read once", async () => {
  verifies("oauth:clients:document");
  const client_id = "https://client.example/oauth/client.json";
  const document = { client_id, client_name: "Documented", redirect_uris: [REDIRECT] };
  const dialled = vi.spyOn(globalThis, "fetch").mockImplementation(async () => Response.json(document));
  const { browser, workspace_id } = await person();
  const asked = await ask(await discover(), { client_id });
  const page = await goTo(browser, asked);
  const told = await browser.call(
    "GET",
    `/api/oauth/request?request=${encodeURIComponent(page.search.slice(1))}`,
  );
  expect(await told.json()).toMatchObject({
    client_name: "Documented",
    client_host: "client.example",
    known_by: "document",
    redirect_host: "127.0.0.1:33418",
    scopes: [{ scope: "runs:read" }, { scope: "runs:write" }],
    workspaces: [{ id: workspace_id, role: "owner" }],
  });
  const tokens = await redeem(asked, await allow(browser, asked, { workspace_id }));
  expect((await mcp(tokens.access_token)).status).toBe(IN);
  expect(dialled.mock.calls.map(([url]) => url)).toEqual([client_id]);
  expect(dialled.mock.calls[0]?.[1]).toMatchObject({ redirect: "manual" });
});

it("a person is asked every time, and nothing is let in when they say no, or are not signed in", async () => {
  verifies("oauth:consent:every-time");
  const { browser, asked, workspace_id } = await connect();
  const again = await ask(asked.as, asked.client);
  const page = await goTo(browser, again);
  expect(page.pathname).toBe("/connect");
  const denied = await browser.call("POST", "/api/oauth/request", {
    json: { verdict: "deny", request: page.search.slice(1) },
  });
  expect(await denied.json()).toMatchObject({ redirect_to: expect.stringContaining("error=access_denied") });
  expect((await goTo(new Browser(), again)).pathname).toBe("/connect");
  const json = {
    verdict: "allow",
    request: page.search.slice(1).replace("runs%3Aread", "workers%3Awrite"),
    workspace_id,
    scopes: ["runs:write"],
  };
  expect((await browser.call("POST", "/api/oauth/request", { json })).status).toBe(400);
  expect((await callApi("POST", "/api/oauth/request", { json })).status).toBe(403);
  const elsewhere = { ...json, request: page.search.slice(1), workspace_id: `wsp_${"9".repeat(26)}` };
  expect((await browser.call("POST", "/api/oauth/request", { json: elsewhere })).status).toBe(404);
});

it("a request with another address to go back to, without a challenge, with a plain one or for something else is refused", async () => {
  verifies("oauth:request:strict");
  const { browser } = await person();
  const as = await discover();
  const client = await register(as);
  const errorOf = async (change: Record<string, string | null>) => {
    const back = await goTo(browser, await ask(as, client, change));
    return [back.pathname, back.searchParams.get("error")];
  };
  expect(await errorOf({ redirect_uri: "http://127.0.0.1:33418/other" })).toEqual([
    "/connect",
    "invalid_redirect",
  ]);
  expect(await errorOf({ redirect_uri: "https://evil.example/callback" })).toEqual([
    "/connect",
    "invalid_redirect",
  ]);
  expect(await errorOf({ code_challenge: null, code_challenge_method: null })).toEqual([
    "/callback",
    "invalid_request",
  ]);
  expect(await errorOf({ code_challenge_method: "plain" })).toEqual(["/callback", "invalid_request"]);
  expect(await errorOf({ resource: "https://other.example/mcp" })).toEqual(["/callback", "invalid_target"]);
  expect(await errorOf({ scope: "approvals:decide" })).toEqual(["/callback", "invalid_scope"]);
  expect(await errorOf({ resource: null })).toEqual(["/connect", null]);
});

it("a code is good once and with its own verifier; used again it ends what came of it", async () => {
  verifies("oauth:code:once");
  const { browser, asked, back, tokens, workspace_id } = await connect();
  expect(await refusal(redeem(asked, back))).toBe("invalid_grant");
  expect((await mcp(tokens.access_token)).status).toBe(OUT);
  const other = await ask(asked.as, asked.client);
  const code = await allow(browser, other, { workspace_id });
  expect(await refusal(redeem(other, code, oauth.generateRandomCodeVerifier()))).not.toBe("it was answered");
});

it("a renewal that comes twice in a row is answered as before; one that comes later ends every token of the client", async () => {
  verifies("oauth:refresh:reuse");
  const { asked, tokens } = await connect();
  const first = tokens.refresh_token ?? "";
  const next = await refresh(asked, first);
  expect((await refresh(asked, first)).refresh_token).toBe(next.refresh_token);
  await env.DB.prepare("UPDATE oauth_refresh_tokens SET rotation_replay_expires_at = 1").run();
  expect(await refusal(refresh(asked, first))).toBe("invalid_grant");
  expect(await refusal(refresh(asked, next.refresh_token ?? ""))).toBe("invalid_grant");
  expect((await mcp(next.access_token)).status).toBe(OUT);
});

it("a client that its person disconnects is out at once, and nobody else can disconnect or see it", async () => {
  verifies("oauth:clients:revoked-at-once");
  const { browser, asked, tokens } = await connect();
  const list = async (of: Browser): Promise<{ id: string }[]> =>
    (await of.call("GET", "/api/account/clients")).json();
  const [mine] = await list(browser);
  expect(mine).toMatchObject({
    client_name: "Test client",
    known_by: "itself",
    scopes: ["runs:read", "runs:write"],
  });
  const { browser: stranger } = await person("eve@floom.test");
  expect(await list(stranger)).toEqual([]);
  const path = `/api/account/clients/${mine?.id ?? ""}`;
  expect((await stranger.call("DELETE", path)).status).toBe(404);
  expect((await mcp(tokens.access_token)).status).toBe(IN);
  expect((await browser.call("DELETE", path)).status).toBe(204);
  expect((await mcp(tokens.access_token)).status).toBe(OUT);
  expect(await refusal(refresh(asked, tokens.refresh_token ?? ""))).toBe("invalid_grant");
  expect(await list(browser)).toEqual([]);
});

it("a client of somebody who is no member any more is out at once, and stays out when they come back", async () => {
  verifies("oauth:clients:member-gone");
  const { tokens, workspace_id } = await connect();
  const member = await env.DB.prepare("SELECT * FROM members WHERE workspace_id = ?")
    .bind(workspace_id)
    .first();
  await env.DB.prepare("DELETE FROM members WHERE workspace_id = ?").bind(workspace_id).run();
  expect((await mcp(tokens.access_token)).status).toBe(OUT);
  await env.DB.prepare(
    "INSERT INTO members (workspace_id, user_id, role, email, created_at) VALUES (?, ?, 'owner', ?, 1)",
  )
    .bind(workspace_id, member?.["user_id"], member?.["email"])
    .run();
  expect((await mcp(tokens.access_token)).status).toBe(OUT);
});

it("a client may no more than it was given and its person may now, and decides nothing", async () => {
  verifies("oauth:token:no-decisions");
  const { tokens, workspace_id } = await connect();
  const deps = { ...mcpDeps(testHost), publicUrl: ORIGIN };
  const scopesOf = async () => (await findClientPrincipal(deps, tokens.access_token))?.scopes;
  expect(await scopesOf()).toEqual(["runs:read", "runs:write"]);
  await env.DB.prepare("UPDATE members SET role = 'viewer' WHERE workspace_id = ?").bind(workspace_id).run();
  expect(await scopesOf()).toEqual(["runs:read"]);
  await env.DB.prepare("UPDATE members SET role = 'owner'").run();
  await env.DB.prepare("UPDATE oauth_access_tokens SET scopes = ?")
    .bind(JSON.stringify(["approvals:decide", "runs:read", "offline_access"]))
    .run();
  expect(await scopesOf()).toEqual(["runs:read"]);
});

it("with a client's token comes its workspace's mark, as it is at that moment", async () => {
  const { tokens, workspace_id: id } = await connect();
  const workspace = workspaceIdSchema.parse(id);
  const told: [string, number][] = [];
  const marked = (of: string, mark: number) => void told.push([of, mark]);
  const deps = { ...mcpDeps(testHost), publicUrl: ORIGIN, marked };
  const come = () => findClientPrincipal(deps, tokens.access_token);
  await come();
  const before = await readCatalogMark(testHost.db, workspace);
  await env.DB.prepare(
    "INSERT INTO secrets (workspace_id, name, version, created_at, updated_at) VALUES (?, 'KEY', 1, 1, 1)",
  )
    .bind(workspace)
    .run();
  await come();
  expect(told).toEqual([
    [workspace, before],
    [workspace, await readCatalogMark(testHost.db, workspace)],
  ]);
  expect(told[1]?.[1]).toBeGreaterThan(before);
});

it("a client's token opens /mcp of this server and nothing else, and only as long as it is good", async () => {
  verifies("oauth:token:audience");
  const { tokens } = await connect();
  const token = tokens.access_token;
  expect((await callApi("GET", "/api/runs", { token })).status).toBe(401);
  expect((await callApi("GET", "/api/account/clients", { token })).status).toBe(401);
  const set = (column: string, value: unknown) =>
    env.DB.prepare(`UPDATE oauth_access_tokens SET ${column} = ?`).bind(value).run();
  await set("resources", JSON.stringify(["https://other.example/mcp"]));
  expect((await mcp(token)).status).toBe(OUT);
  await set("resources", JSON.stringify([`${ORIGIN}/mcp`]));
  expect((await mcp(token)).status).toBe(IN);
  await set("expires_at", 1);
  expect((await mcp(token)).status).toBe(OUT);
});

it("whoever asks for tools without a token, or with none that is good, is told where a client is let in", async () => {
  verifies("oauth:mcp:challenge");
  const about = `resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource/mcp"`;
  const none = await callApi("POST", "/mcp", { token: "", json: {} });
  expect([none.status, none.headers.get("www-authenticate")]).toEqual([401, expect.stringContaining(about)]);
  expect(none.headers.get("www-authenticate")).not.toContain("error=");
  for (const token of [`flm_oat_${"a".repeat(32)}`, "flm_pat_none", "nobody's"])
    expect((await mcp(token)).headers.get("www-authenticate")).toContain(`error="invalid_token", ${about}`);
  const { browser } = await person();
  const byCookie = await browser.call("POST", "/mcp", { json: {} });
  expect(byCookie.status).toBe(401);
});

it("the documents stand at the root and below it, and name nothing that is not there", async () => {
  verifies("oauth:documents:both-places");
  for (const name of ["protected-resource", "authorization-server"]) {
    const texts = await Promise.all(
      ["", "/mcp"].map(async (path) =>
        (await callApi("GET", `/.well-known/oauth-${name}${path}`, { token: "" })).text(),
      ),
    );
    expect(texts[0]).toBe(texts[1]);
  }
  const as = await discover();
  for (const path of [
    "/oauth2/introspect",
    "/oauth2/userinfo",
    "/oauth2/get-clients",
    "/oauth2/consent",
    "/oauth2/create-client",
  ])
    expect([path, (await callApi("POST", path, { json: {}, token: "" })).status]).toEqual([path, 404]);
  expect(as.code_challenge_methods_supported).toEqual(["S256"]);
});

it("a registration says only what this server takes up, and nothing of it is dialled", async () => {
  verifies("oauth:registration:taken-up");
  const dialled = vi.spyOn(globalThis, "fetch");
  const as = await discover();
  const client = await register(as, {
    jwks_uri: "https://internal.example/keys",
    backchannel_logout_uri: "https://internal.example/out",
    scope: "everything",
  });
  expect(client["jwks_uri"]).toBeUndefined();
  expect(client["backchannel_logout_uri"]).toBeUndefined();
  expect(await refusal(register(as, { token_endpoint_auth_method: "private_key_jwt" }))).toBe(
    "invalid_client_metadata",
  );
  expect(await refusal(register(as, { redirect_uris: ["http://evil.example/"] }))).toBe(
    "invalid_redirect_uri",
  );
  expect(dialled).not.toHaveBeenCalled();
});

it("whoever was signed in before the signing key was rotated lets a client in without signing in again", async () => {
  const { browser, workspace_id } = await person();
  const as = await discover();
  const asked = await ask(as, await register(as));
  const newKey = "a-new-signing-key-0123456789abcdef0123456789abcdef";
  const letIn = async (keys: string) => {
    const edge = openOtherEdge({ FLOOM_SIGNING_KEY: keys });
    const headers = { cookie: browser.cookie, origin: ORIGIN };
    const to = asked.url.pathname + asked.url.search;
    const page = await edge.answer("GET", to, { token: "", headers: { ...headers, accept: "text/html" } });
    const request = new URL(page.response.headers.get("location") ?? "", ORIGIN).search.slice(1);
    const json = { verdict: "allow", request, workspace_id, scopes: ["runs:read"] };
    const said = await edge.answer("POST", "/api/oauth/request", { token: "", headers, json });
    return said.response.status;
  };
  expect(await letIn(newKey)).toBe(401);
  expect(await letIn(`${newKey},${testHost.config.signingKey}`)).toBe(200);
});
