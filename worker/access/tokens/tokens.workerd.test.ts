import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import type { Scope } from "#contract/access/access";
import { isTokenForm } from "#contract/tokens/format";
import { createdTokenSchema, tokenSummarySchema } from "#contract/tokens/token";
import type { CreatedToken } from "#contract/tokens/token";
import { callApi, ownerToken, runTokenOf } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { newId } from "../../platform/ids.ts";

const DAY_MS = 86_400_000;

async function make(
  scopes: Scope[],
  more: Record<string, unknown> = {},
  token = ownerToken,
): Promise<CreatedToken> {
  const response = await callApi("POST", "/api/auth/tokens", {
    json: { name: "of a test", scopes, ...more },
    token,
  });
  expect(response.status).toBe(201);
  return createdTokenSchema.parse(await response.json());
}

async function ask(
  method: string,
  path: string,
  token: string,
  json?: unknown,
): Promise<{ status: number; text: string }> {
  const response = await callApi(method, path, { token, ...(json === undefined ? {} : { json }) });
  return { status: response.status, text: await response.text() };
}

const codeOf = ({ text }: { text: string }) => (JSON.parse(text) as { code: string }).code;
const runs = async (token: string) => (await ask("GET", "/api/runs", token)).status;

/** Everything that the database holds, as text. */
async function dumpDatabase(): Promise<string> {
  const tables = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{
    name: string;
  }>();
  const texts = tables.results
    .filter(({ name }) => !/^(?:_cf_|sqlite_|d1_)/.test(name))
    .map(async ({ name }) => JSON.stringify((await env.DB.prepare(`SELECT * FROM "${name}"`).all()).results));
  return (await Promise.all(texts)).join("\n");
}

it("a token opens what its scopes say, whichever header carries it", async () => {
  const { token, kind, expires_at } = await make(["runs:read"]);
  expect([isTokenForm(token), token.startsWith("flm_pat_"), kind]).toEqual([true, true, "personal"]);
  expect(Date.parse(expires_at ?? "") - Date.now()).toBeLessThanOrEqual(90 * DAY_MS);
  for (const headers of [
    { authorization: `Bearer ${token}` },
    { "x-floom-token": token },
    { "x-floom-secret": token },
  ])
    expect((await callApi("GET", "/api/runs", { token: "", headers })).status).toBe(200);
  expect((await ask("GET", "/api/workers", token)).status).toBe(403);
});

it("a token stands in the answer that makes it and nowhere else", async () => {
  verifies("tokens:shown:once");
  const printed: unknown[] = [];
  for (const method of ["log", "warn", "error", "info"] as const)
    vi.spyOn(console, method).mockImplementation((...said) => void printed.push(said));
  const made = await make(["runs:read", "tokens:write"]);
  const renewed = createdTokenSchema.parse(
    JSON.parse((await ask("POST", `/api/auth/tokens/${made.id}/rotate`, ownerToken)).text),
  );
  const said = [
    await ask("GET", "/api/auth/tokens", ownerToken),
    await ask("GET", "/api/auth/tokens", renewed.token),
    await ask("GET", "/api/workspace/info", renewed.token),
    await ask("GET", `/api/auth/tokens/${renewed.token}`, renewed.token),
    await ask("POST", "/api/auth/tokens", renewed.token, { name: 1 }),
    await ask("GET", "/api/runs", `${renewed.token.slice(0, -1)}!`),
  ];
  const kept = await dumpDatabase();
  vi.restoreAllMocks();
  for (const { token } of [made, renewed]) {
    // An answer tells the path that was asked for: whoever puts a token there reads it back, and nobody else.
    for (const { text } of said.filter((_, index) => index !== 3)) expect(text).not.toContain(token);
    expect(kept).not.toContain(token);
    expect(JSON.stringify(printed)).not.toContain(token);
  }
  expect(kept).toContain(made.id);
});

it("a guessed, changed or cut token is refused, and every refusal reads the same", async () => {
  const { token } = await make(["runs:read"]);
  const wrong = [
    `${token.slice(0, 20)}${token[20] === "a" ? "b" : "a"}${token.slice(21)}`,
    token.slice(0, -1),
    `${token}0`,
    token.toUpperCase(),
    `flm_pat_${"0".repeat(38)}`,
    "flm_pat_",
    "flm_svc_",
    token.replace("flm_pat_", "flm_svc_"),
  ];
  const [first, ...others] = await Promise.all(wrong.map((text) => ask("GET", "/api/runs", text)));
  expect(first).toMatchObject({ status: 401 });
  const plain = ({ text }: { text: string }) => text.replaceAll(/req_\w+/g, "");
  for (const other of others)
    expect([other.status, plain(other)]).toEqual([401, plain(first ?? { text: "" })]);
});

it("one that was revoked, renewed or has ended opens nothing from then on", async () => {
  verifies("tokens:revoked:at-once");
  const revoked = await make(["runs:read"]);
  expect(await runs(revoked.token)).toBe(200);
  expect((await ask("DELETE", `/api/auth/tokens/${revoked.id}`, ownerToken)).status).toBe(204);
  expect(await runs(revoked.token)).toBe(401);
  expect((await ask("DELETE", `/api/auth/tokens/${revoked.id}`, ownerToken)).status).toBe(404);

  const old = await make(["runs:read"]);
  const renewed = JSON.parse(
    (await ask("POST", `/api/auth/tokens/${old.id}/rotate`, ownerToken)).text,
  ) as CreatedToken;
  expect([await runs(old.token), await runs(renewed.token)]).toEqual([401, 200]);
  expect([renewed.id, renewed.expires_at]).toEqual([old.id, old.expires_at]);

  await env.DB.prepare("UPDATE tokens SET expires_at = 1 WHERE id = ?").bind(old.id).run();
  expect(await runs(renewed.token)).toBe(401);
});

it("a token ends itself without any scope, and no other", async () => {
  verifies("tokens:revoked:at-once");
  const [own, other] = [await make(["runs:read"]), await make(["runs:read"])];
  expect(codeOf(await ask("DELETE", `/api/auth/tokens/${other.id}`, own.token))).toBe("insufficient_scope");
  expect((await ask("DELETE", "/api/auth/tokens/current", own.token)).status).toBe(204);
  expect([await runs(own.token), await runs(other.token)]).toEqual([401, 200]);
  const kept = await ask("DELETE", "/api/auth/tokens/current", ownerToken);
  expect([codeOf(kept), await runs(ownerToken)]).toEqual(["conflict", 200]);
});

it("no token makes or renews one that may do more, or lives longer", async () => {
  verifies("tokens:scopes:never-more-than-the-maker", "tokens:expiry:bounded");
  const small = await make(["runs:read", "tokens:write"], { expires_in_days: 2 });
  const create = (json: object) => ask("POST", "/api/auth/tokens", small.token, { name: "x", ...json });
  for (const scope of ["workers:write", "members:write", "workspace:own", "tokens:write,members:write"])
    expect(codeOf(await create({ scopes: scope.split(",") }))).toBe("scope_exceeds_maker");
  expect(codeOf(await create({ scopes: ["runs:read"], expires_in_days: 3 }))).toBe("invalid_request");
  const child = await make(["runs:read"], {}, small.token);
  expect(child.expires_at).toBe(small.expires_at);

  // What it did not make, and what may do more, is out of its reach; renewing it would be as good as making it.
  const large = await make(["runs:read", "workers:write"]);
  for (const path of [
    `/api/auth/tokens/${large.id}/rotate`,
    "/api/auth/tokens/tok_00000000000000000000000000/rotate",
  ])
    expect((await ask("POST", path, small.token)).status).toBe(404);
  expect((await ask("DELETE", `/api/auth/tokens/${large.id}`, small.token)).status).toBe(404);
  const looksAfter = await make(["runs:read", "tokens:write", "members:write"]);
  expect(codeOf(await ask("POST", `/api/auth/tokens/${large.id}/rotate`, looksAfter.token))).toBe(
    "scope_exceeds_maker",
  );
  const listed = tokenSummarySchema
    .array()
    .parse(JSON.parse((await ask("GET", "/api/auth/tokens", small.token)).text));
  expect(listed.map(({ id, current }) => [id, current])).toEqual([
    [child.id, false],
    [small.id, true],
  ]);
});

it("one that lives short does not live on in the place of one that lives long", async () => {
  verifies("tokens:expiry:bounded");
  const short = await make(["runs:read", "tokens:write", "members:write"], { expires_in_days: 1 });
  const long = await make(["runs:read"], { expires_in_days: 300 });
  const renewed = JSON.parse(
    (await ask("POST", `/api/auth/tokens/${long.id}/rotate`, short.token)).text,
  ) as CreatedToken;
  expect(renewed.expires_at).toBe(short.expires_at);
  const itself = await ask("POST", "/api/auth/tokens/current/rotate", short.token, { expires_in_days: 90 });
  expect(codeOf(itself)).toBe("invalid_request");
});

it("scopes and days out of bounds are refused, and a name that acts on a terminal", async () => {
  verifies("tokens:expiry:bounded");
  const create = async (json: object) =>
    (await ask("POST", "/api/auth/tokens", ownerToken, { name: "x", scopes: ["runs:read"], ...json })).status;
  for (const days of [0, 367, -1, 1.5, null, "90"])
    expect([days, await create({ expires_in_days: days })]).toEqual([days, 422]);
  for (const scopes of [[], ["everything"], ["runs:*"], "runs:read"])
    expect(await create({ scopes })).toBe(422);
  for (const name of ["", " ", "a\nb", "\u001b[31mred", "\u202eabc", "x".repeat(81)])
    expect(await create({ name })).toBe(422);
  expect(await create({ scopes: ["approvals:decide"] })).toBe(403);
});

it("a run's token makes no token, whoever started the run", async () => {
  verifies("tokens:scopes:never-more-than-the-maker");
  const token = await runTokenOf(newId("run", 1));
  for (const headers of [
    { authorization: `Bearer ${token}` },
    { "x-workeros-run-token": token },
    { "x-floom-token": token },
  ]) {
    const json = { name: "x", scopes: ["runs:read"] };
    expect((await callApi("POST", "/api/auth/tokens", { token: "", headers, json })).status).toBe(401);
  }
});

it("what a token did last is written behind the answer, once an hour", async () => {
  verifies("tokens:used:once-an-hour");
  const { id, token } = await make(["runs:read"]);
  const lastUsed = () =>
    env.DB.prepare("SELECT last_used_at FROM tokens WHERE id = ?").bind(id).first<number>("last_used_at");
  expect(await lastUsed()).toBeNull();
  await runs(token);
  await expect.poll(lastUsed).not.toBeNull();
  const marked = Date.now() - 3_000_000;
  await env.DB.prepare("UPDATE tokens SET last_used_at = ? WHERE id = ?").bind(marked, id).run();
  await runs(token);
  expect(await lastUsed()).toBe(marked);
  const old = Date.now() - 3_700_000;
  await env.DB.prepare("UPDATE tokens SET last_used_at = ? WHERE id = ?").bind(old, id).run();
  await runs(token);
  await expect.poll(lastUsed).toBeGreaterThan(marked);
});

it("a workspace has so many tokens and no more, and those that ended long ago are forgotten", async () => {
  const { id } = await make(["runs:read"]);
  await env.DB.prepare("UPDATE tokens SET expires_at = 1 WHERE id = ?").bind(id).run();
  await make(["runs:read"]);
  expect(await env.DB.prepare("SELECT count(*) AS n FROM tokens WHERE id = ?").bind(id).first("n")).toBe(0);
  const insert = env.DB.prepare(
    "INSERT INTO tokens (id, workspace_id, kind, name, hash, scopes, created_at) SELECT 'fill_' || value, 'wsp_00000000000000000000000000', 'token', 'f', 'fill_' || value, '[]', 0 FROM json_each(?)",
  ).bind(JSON.stringify(Array.from({ length: 500 }, (_, index) => index)));
  await insert.run();
  const refused = await ask("POST", "/api/auth/tokens", ownerToken, { name: "x", scopes: ["runs:read"] });
  expect(codeOf(refused)).toBe("too_many_tokens");
  await env.DB.prepare("DELETE FROM tokens WHERE id LIKE 'fill_%'").run();
});
