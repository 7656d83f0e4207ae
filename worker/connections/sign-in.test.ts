import { afterEach, expect, it } from "vitest";
import { guardWith, newAuthority, serveAuthority } from "../../test/support/mcp/authorization-server.ts";
import type { AuthorityPlace } from "../../test/support/mcp/authorization-server.ts";
import { followLink, KeeperHarness, mcpSettings } from "../../test/support/workerd/keeper-harness.ts";
import { answerWith, newPlace, serve, serveMcp } from "../../test/support/mcp/mcp-server.ts";
import type { McpPlace, Serving } from "../../test/support/mcp/mcp-server.ts";
import { verifies } from "../../test/verifies.ts";

const open: Serving[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

interface Scene {
  harness: KeeperHarness;
  authority: AuthorityPlace;
  place: McpPlace;
  url: string;
}

/** A server that lets in whoever an authorization server has signed in, and a connection to it. */
async function openScene({ issuer }: { issuer?: string } = {}): Promise<Scene> {
  const authority = newAuthority();
  const place = newPlace([{ name: "search", description: "Finds issues." }]);
  const signing = await serveAuthority(authority);
  const server = await serveMcp(place);
  const url = `${server.url}/mcp`;
  const metadata = await serve((incoming, response) =>
    answerWith(
      async () =>
        Response.json({
          resource: url,
          authorization_servers: [issuer ?? signing.url],
          scopes_supported: ["tools"],
        }),
      incoming,
      response,
    ),
  );
  open.push(signing, server, metadata);
  guardWith(place, authority, () => `${metadata.url}/metadata`);
  return { harness: new KeeperHarness(mcpSettings(url)), authority, place, url };
}

async function signIn({ harness }: Scene): Promise<void> {
  const begun = await harness.keeper.authorize(harness.target, { user_id: null });
  if (begun.kind !== "done") throw new Error(begun.detail);
  const back = await followLink(begun.value.url);
  expect(await harness.keeper.finish(harness.target, back)).toEqual({ kind: "done", value: null });
}

it("a person signs in once; link, code and renewal all say what the token is for, and the object may die between them", async () => {
  verifies("connections:oauth:flow");
  const scene = await openScene();
  const { harness, authority, place, url } = scene;
  expect(await harness.keeper.check(harness.target)).toMatchObject({ status: "failed", needs_sign_in: true });
  expect(harness.last).toMatchObject({ status: "pending" });

  const begun = await harness.keeper.authorize(harness.target, { user_id: null });
  if (begun.kind !== "done") throw new Error(begun.detail);
  harness.restart();
  const back = await followLink(begun.value.url);
  expect(await harness.keeper.finish(harness.target, back)).toEqual({ kind: "done", value: null });
  expect(harness.last).toMatchObject({ status: "active" });
  harness.restart();
  expect(await harness.call("search")).toMatchObject({ ok: true });

  harness.now += 3_600_000;
  harness.restart();
  expect(await harness.call("search")).toMatchObject({ ok: true });
  expect(authority.authorizations).toMatchObject([
    { resource: url, code_challenge_method: "S256", scope: "tools" },
  ]);
  expect(authority.tokenRequests.map(({ grant_type, resource }) => [grant_type, resource])).toEqual([
    ["authorization_code", url],
    ["refresh_token", url],
  ]);
  expect(place.calls.map(({ token }) => authority.live.has(token ?? ""))).toEqual([true, true]);
});

it("a return is good once, for what was begun last, and not for ever", async () => {
  verifies("connections:oauth:state-once");
  const scene = await openScene();
  const { harness } = scene;
  const links = [];
  for (let round = 0; round < 2; round += 1) {
    const begun = await harness.keeper.authorize(harness.target, { user_id: null });
    if (begun.kind === "done") links.push(await followLink(begun.value.url));
  }
  const [old, newest] = links;
  if (!old || !newest) throw new Error("no links");
  const refused = { kind: "refused", code: "connection_sign_in_refused" };
  expect(await harness.keeper.finish(harness.target, old)).toMatchObject(refused);
  harness.now += 601_000;
  expect(await harness.keeper.finish(harness.target, newest)).toMatchObject(refused);
  harness.now -= 601_000;
  await signIn(scene);
  expect(await harness.keeper.finish(harness.target, newest)).toMatchObject(refused);
});

it("an answer that names another issuer is refused before its code is used", async () => {
  verifies("connections:oauth:state-once");
  const { harness, authority } = await openScene();
  const begun = await harness.keeper.authorize(harness.target, { user_id: null });
  if (begun.kind !== "done") throw new Error(begun.detail);
  const back = await followLink(begun.value.url);
  const mixed = await harness.keeper.finish(harness.target, { ...back, iss: "https://evil.example" });
  expect(mixed).toMatchObject({ kind: "refused", code: "connection_sign_in_refused" });
  expect(authority.tokenRequests).toEqual([]);
});

it("twenty calls that find the token old renew it once", async () => {
  verifies("connections:oauth:single-flight");
  const scene = await openScene();
  const { harness, authority } = scene;
  await signIn(scene);
  authority.live.clear();
  harness.now += 3_600_000;
  harness.restart();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => harness.call("search", {}, `call_${n}`)),
  );
  expect(answers.every(({ ok }) => ok)).toBe(true);
  expect(authority.tokenRequests.filter(({ grant_type }) => grant_type === "refresh_token")).toHaveLength(1);
});

it("twenty calls whose token the server takes no more renew it once", async () => {
  verifies("connections:oauth:single-flight");
  const scene = await openScene();
  const { harness, authority } = scene;
  await signIn(scene);
  authority.live.clear();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => harness.call("search", {}, `call_${n}`)),
  );
  expect(answers.every(({ ok }) => ok)).toBe(true);
  expect(authority.tokenRequests.filter(({ grant_type }) => grant_type === "refresh_token")).toHaveLength(1);
});

it("an authorization server that stumbles locks nobody out; one that says invalid_grant ends the sign-in", async () => {
  verifies("connections:oauth:only-invalid-grant-is-final");
  const scene = await openScene();
  const { harness, authority } = scene;
  await signIn(scene);
  harness.now += 3_600_000;
  for (const fault of [
    { status: 500, body: { error: "server_error" } },
    { status: 429, body: { error: "slow_down" } },
    { status: 400, body: { error: "temporarily_unavailable" } },
  ]) {
    authority.refreshFault = fault;
    expect(await harness.call("search")).toMatchObject({ ok: false, code: "connection_failed" });
    expect(harness.last).toMatchObject({ status: "failed" });
  }
  authority.refreshFault = null;
  expect(await harness.call("search")).toMatchObject({ ok: true });

  harness.now += 3_600_000;
  authority.refreshFault = { status: 400, body: { error: "invalid_grant" } };
  expect(await harness.call("search")).toMatchObject({ ok: false, code: "not_signed_in", sent: false });
  expect(harness.last).toMatchObject({ status: "expired" });
  const asked = authority.tokenRequests.length;
  expect(await harness.call("search")).toMatchObject({ ok: false, code: "not_signed_in" });
  expect(authority.tokenRequests).toHaveLength(asked);
  authority.refreshFault = null;
  await signIn(scene);
  expect(await harness.call("search")).toMatchObject({ ok: true });
});

it("no token, code or verifier is stored or told as it is", async () => {
  verifies("connections:credentials:sealed");
  const scene = await openScene();
  const { harness, authority } = scene;
  await harness.keeper.authorize(harness.target, { user_id: null });
  await signIn(scene);
  await harness.call("search");
  const told = JSON.stringify([
    [...harness.kv.entries],
    harness.news,
    await harness.keeper.tools(harness.target),
  ]);
  const secrets = authority.tokenRequests.flatMap(({ code, code_verifier }) => [code, code_verifier]);
  for (const secret of [...secrets, ...authority.live]) expect(told).not.toContain(secret);
  // What is sealed is chance's text, in which three letters stand now and then; a whole token does not.
  expect(told).not.toMatch(/[ar]t_[0-9a-f]{8}-/);
});

it("Floom's own document is its client id where the server takes such, and a client is registered elsewhere", async () => {
  verifies("connections:oauth:client");
  const scene = await openScene();
  await signIn(scene);
  expect(scene.authority.registrations).toMatchObject([
    { client_name: "Floom", token_endpoint_auth_method: "none" },
  ]);
  const other = await openScene();
  other.authority.takesDocuments = true;
  other.harness.documentUrl = "https://floom.example/api/connections/oauth-client";
  other.harness.restart();
  await signIn(other);
  expect(other.authority.registrations).toEqual([]);
  expect(other.authority.authorizations).toMatchObject([{ client_id: other.harness.documentUrl }]);
});

it.each([
  "https://10.0.0.1",
  "https://169.254.169.254",
  "https://metadata.google.internal",
  "http://example.com",
])("an authorization server that a server names at %s is not dialled", async (issuer) => {
  verifies("connections:dial:guarded");
  const { harness } = await openScene({ issuer });
  const begun = await harness.keeper.authorize(harness.target, { user_id: null });
  expect(begun).toMatchObject({ kind: "refused", code: "connection_unreachable" });
});

it("a server that lets everybody in has no sign-in", async () => {
  verifies("connections:oauth:flow");
  const { harness, place } = await openScene();
  place.guard = () => null;
  expect(await harness.keeper.authorize(harness.target, { user_id: null })).toMatchObject({
    code: "no_sign_in",
  });
});
