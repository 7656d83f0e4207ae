import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { allScopes } from "#contract/access/access";
import type { RouteAccess } from "#contract/route";
import { strangerToken } from "../../test/support/workerd/api-harness.ts";
import { attempt } from "../platform/attempt.ts";
import { createDb } from "../platform/db/client.ts";
import { newId } from "../platform/ids.ts";
import { authorize } from "./authorize.ts";
import { mintRunToken } from "./run-token.ts";
import type { AccessDeps } from "./service.ts";

const signingKey = "a signing key of at least 32 characters";
const ownerToken = "the-owner-of-this-file";
const run = { run_id: newId("run", 1), workspace_id: newId("wsp", 1), attempt: 1, launch: 2, until: 9e15 };

const deps = (change: Partial<AccessDeps> = {}): AccessDeps => ({
  db: createDb(env.DB),
  clock: () => 1000,
  ownerToken,
  signingKey,
  earlierSigningKeys: [],
  countRunsLeft: async () => ({ count: 0, most: 1 }),
  ...change,
});

/** The principal, or the code of the refusal. */
async function ask(access: RouteAccess, headers: Record<string, string>, change: Partial<AccessDeps> = {}) {
  const request = { raw: new Request("http://floom.test", { headers }), params: { run: run.run_id } };
  const judged = await attempt(() => authorize(deps(change), { access }, request));
  return judged.ok ? judged.value : judged.refusal.code;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

it("a public route asks nobody for anything, and learns nothing from what is shown", async () => {
  expect(await ask("public", {})).toBeNull();
  expect(await ask("public", bearer(ownerToken))).toBeNull();
});

it("the owner's token becomes the owner, whichever header carries it", async () => {
  for (const headers of [
    bearer(ownerToken),
    { authorization: `bearer   ${ownerToken}` },
    { "x-floom-token": ownerToken },
    { "x-floom-secret": ownerToken },
  ])
    expect(await ask("workers:write", headers)).toMatchObject({ kind: "token", owner: true });
});

it("none, a wrong one and a scheme that is not Bearer are refused alike", async () => {
  for (const headers of [{}, bearer("nonsense"), { authorization: `Basic ${ownerToken}` }, bearer("")])
    expect(await ask("workers:read", headers as Record<string, string>)).toBe("unauthenticated");
});

it("an edge without an owner's token lets nobody in by an empty one", async () => {
  expect(await ask("workers:read", { "x-floom-token": "" }, { ownerToken: "" })).toBe("unauthenticated");
});

it("a token is good until the moment it expires", async () => {
  const token = await strangerToken(["runs:read"]);
  await env.DB.prepare("UPDATE tokens SET expires_at = 1000 WHERE id = 'tok_1'").run();
  expect(await ask("runs:read", bearer(token), { clock: () => 999 })).toMatchObject({ kind: "token" });
  expect(await ask("runs:read", bearer(token), { clock: () => 1000 })).toBe("unauthenticated");
  await env.DB.prepare("DELETE FROM tokens WHERE id = 'tok_1'").run();
});

it("each scope opens its own routes and no other", async () => {
  for (const scope of allScopes) {
    const token = await strangerToken([scope]);
    for (const access of allScopes) {
      const answer = await ask(access, bearer(token));
      if (access === scope) expect(answer).toMatchObject({ scopes: [scope] });
      else expect(answer).toBe("insufficient_scope");
    }
  }
  await env.DB.prepare("DELETE FROM tokens WHERE id = 'tok_1'").run();
});

it("a run's token opens that run's routes, in either header, and stands for the run", async () => {
  const token = await mintRunToken(signingKey, run);
  for (const headers of [bearer(token), { "x-workeros-run-token": token }]) {
    expect(await ask("run_token", headers)).toEqual({
      kind: "run",
      id: run.run_id,
      workspace_id: run.workspace_id,
      attempt: 1,
      launch: 2,
      scopes: [],
    });
  }
});

it("a run's routes are shut to another run and to every workspace token; a run's token opens no scope", async () => {
  const other = await mintRunToken(signingKey, { ...run, run_id: newId("run", 2) });
  for (const token of [other, ownerToken, "wrt_", "wrt_a.b", ""])
    expect(await ask("run_token", bearer(token))).toBe("unauthenticated");

  const own = await mintRunToken(signingKey, run);
  for (const scope of allScopes) expect(await ask(scope, bearer(own))).toBe("unauthenticated");
});
