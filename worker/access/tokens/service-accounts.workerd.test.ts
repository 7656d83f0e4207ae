import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Scope } from "#contract/access/access";
import { createdTokenSchema, serviceAccountSchema } from "#contract/tokens/token";
import type { CreatedToken } from "#contract/tokens/token";
import { callApi, ownerToken } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";

async function ask(
  method: string,
  path: string,
  token = ownerToken,
  json?: unknown,
): Promise<{ status: number; body: unknown }> {
  const response = await callApi(method, path, { token, ...(json === undefined ? {} : { json }) });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

async function makeAccount(name: string, role: string): Promise<void> {
  expect((await ask("POST", "/api/auth/service-accounts", ownerToken, { name, role })).status).toBe(201);
}

async function makeToken(service: string, scopes: Scope[], token = ownerToken): Promise<CreatedToken> {
  const want = { name: "ci", scopes, service_account: service };
  return createdTokenSchema.parse((await ask("POST", "/api/auth/tokens", token, want)).body);
}

const runs = async (token: string) => (await ask("GET", "/api/runs", token)).status;
const refusal = ({ status, body }: { status: number; body: unknown }) => [
  status,
  (body as { code: string }).code,
];

it("a program has an account of its own, whose tokens are known by their form", async () => {
  verifies("tokens:service:bounded-by-role");
  await makeAccount("ci-known", "editor");
  const made = await makeToken("ci-known", ["workers:write", "runs:write", "runs:read"]);
  expect(made.token).toMatch(/^flm_svc_/);
  expect(made).toMatchObject({ kind: "service", service_account: "ci-known" });
  expect(await runs(made.token)).toBe(200);
  const { body } = await ask("GET", "/api/auth/service-accounts");
  const accounts = serviceAccountSchema.array().parse(body);
  expect(accounts.find(({ name }) => name === "ci-known")).toMatchObject({ role: "editor", tokens: 1 });
  expect(
    refusal(
      await ask("POST", "/api/auth/service-accounts", ownerToken, { name: "ci-known", role: "viewer" }),
    ),
  ).toEqual([409, "conflict"]);
});

it("its tokens may do no more than its role, now and later, and decide no approvals", async () => {
  verifies("tokens:service:bounded-by-role");
  await makeAccount("ci-bound", "editor");
  for (const scope of ["members:write", "workspace:own", "approvals:decide"]) {
    const want = { name: "x", scopes: [scope], service_account: "ci-bound" };
    expect(refusal(await ask("POST", "/api/auth/tokens", ownerToken, want))).toEqual([
      403,
      "scope_exceeds_maker",
    ]);
  }
  const { token } = await makeToken("ci-bound", ["workers:write", "runs:read"]);
  expect((await ask("DELETE", "/api/workers/none", token)).status).toBe(404);
  await env.DB.prepare("UPDATE service_accounts SET role = 'viewer' WHERE name = 'ci-bound'").run();
  expect((await ask("DELETE", "/api/workers/none", token)).status).toBe(403);
  expect(await runs(token)).toBe(200);
  // A row that says more than it should gives nothing more.
  await env.DB.prepare("UPDATE tokens SET scopes = ? WHERE kind = 'service'")
    .bind(JSON.stringify(["runs:read", "members:write", "approvals:decide"]))
    .run();
  expect((await ask("DELETE", "/api/auth/service-accounts/none", token)).status).toBe(403);
});

it("with the account go its tokens and all that these have made", async () => {
  verifies("tokens:service:bounded-by-role", "tokens:revoked:at-once");
  await makeAccount("ci-gone", "editor");
  const { token } = await makeToken("ci-gone", ["runs:read", "tokens:write"]);
  const made = await ask("POST", "/api/auth/tokens", token, { name: "child", scopes: ["runs:read"] });
  const child = createdTokenSchema.parse(made.body);
  expect(child).toMatchObject({ kind: "service", service_account: "ci-gone" });
  expect([await runs(token), await runs(child.token)]).toEqual([200, 200]);
  expect((await ask("DELETE", "/api/auth/service-accounts/ci-gone")).status).toBe(204);
  expect([await runs(token), await runs(child.token)]).toEqual([401, 401]);
  expect((await ask("DELETE", "/api/auth/service-accounts/ci-gone")).status).toBe(404);
});

it("a token whose account is not there opens nothing", async () => {
  verifies("tokens:service:bounded-by-role");
  await makeAccount("ci-lost", "viewer");
  const { token } = await makeToken("ci-lost", ["runs:read"]);
  await env.DB.prepare("DELETE FROM service_accounts WHERE name = 'ci-lost'").run();
  expect(await runs(token)).toBe(401);
});

it("only whoever looks after members makes accounts and gives them tokens, and none above themselves", async () => {
  verifies("tokens:scopes:never-more-than-the-maker");
  await makeAccount("ci-mine", "viewer");
  const editor = createdTokenSchema.parse(
    (
      await ask("POST", "/api/auth/tokens", ownerToken, {
        name: "e",
        scopes: ["runs:read", "tokens:write", "workspace:read"],
      })
    ).body,
  );
  const want = { name: "x", scopes: ["runs:read"], service_account: "ci-mine" };
  expect(refusal(await ask("POST", "/api/auth/tokens", editor.token, want))).toEqual([
    403,
    "insufficient_scope",
  ]);
  expect(
    (await ask("POST", "/api/auth/service-accounts", editor.token, { name: "ci-x", role: "viewer" })).status,
  ).toBe(403);
  const keeper = createdTokenSchema.parse(
    (
      await ask("POST", "/api/auth/tokens", ownerToken, {
        name: "k",
        scopes: ["members:write", "tokens:write"],
      })
    ).body,
  );
  expect(
    refusal(await ask("POST", "/api/auth/service-accounts", keeper.token, { name: "ci-x", role: "admin" })),
  ).toEqual([403, "scope_exceeds_maker"]);
});
