import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { callApi, ownerWorkspace, seedWorker, testHost } from "../../test/support/workerd/api-harness.ts";
import { personId, seedMember, signIn } from "../../test/support/workerd/people.ts";
import { verifies } from "../../test/verifies.ts";
import { accessDeps } from "../compose/access-deps.ts";
import { attempt } from "../platform/attempt.ts";
import { createDb } from "../platform/db/client.ts";
import { authorize } from "./authorize.ts";
import { can } from "./policy.ts";
import type { SignedIn } from "./service.ts";

beforeEach(async () => {
  // The first request makes the owner's workspace.
  await callApi("GET", "/api/runs");
});

const status = async (method: string, path: string, token: string) =>
  (await callApi(method, path, { token, ...(method === "GET" ? {} : { json: {} }) })).status;

const setRole = (letter: string, role: string) =>
  env.DB.prepare("UPDATE members SET role = ? WHERE user_id = ?").bind(role, personId(letter)).run();

it("a person's token may what the person may now: what a demotion takes is gone with the next request", async () => {
  verifies("access:roles:token-follows-person");
  const token = await seedMember("e", "editor");
  expect(await status("GET", "/api/workspace/settings", token)).toBe(200);
  expect(await status("POST", "/api/deadletters/dismiss", token)).not.toBe(403);
  await setRole("e", "viewer");
  expect(await status("POST", "/api/secrets/A", token)).toBe(403);
  expect(await status("GET", "/api/secrets", token)).toBe(200);
  const few = await seedMember("e", "owner", { scopes: ["runs:read"] });
  expect(await status("GET", "/api/runs", few)).toBe(200);
  expect(await status("GET", "/api/workers", few)).toBe(403);
  await env.DB.prepare("DELETE FROM members WHERE user_id = ?").bind(personId("e")).run();
  expect(await status("GET", "/api/runs", token)).toBe(401);
});

it("no token decides, but for the owner's at their own machine", async () => {
  verifies("access:approvals:people-alone");
  const route = { access: "approvals:decide", grant: "approver" } as const;
  const raw = (token: string) => ({
    raw: new Request("http://floom.test", { headers: { authorization: `Bearer ${token}` } }),
    params: {},
  });
  const deps = accessDeps(testHost);
  expect(await authorize(deps, route, raw(deps.ownerToken))).toMatchObject({ owner: true });
  const away = await attempt(() => authorize({ ...deps, ownerIsLocal: false }, route, raw(deps.ownerToken)));
  expect(away).toMatchObject({ ok: false, refusal: { code: "people_only" } });
  const pat = await seedMember("e", "owner");
  expect(await attempt(() => authorize(deps, route, raw(pat)))).toMatchObject({
    refusal: { code: "people_only" },
  });
});

it("a private worker of somebody else is as good as missing until it is granted, and then to what is granted", async () => {
  verifies("access:visibility:private-worker-hidden");
  const [editor, viewer] = [await seedMember("e", "editor"), await seedMember("v", "viewer")];
  const id = await seedWorker("secretive");
  await seedWorker("no-secret");
  await env.DB.prepare("UPDATE workers SET visibility = 'private', made_by = ? WHERE id = ?")
    .bind(personId("m"), id)
    .run();
  const start = (token: string) => callApi("POST", "/api/workers/secretive/runs", { token, json: {} });
  const mine = await start(await seedMember("m", "editor"));
  expect(mine.status).toBe(202);
  const run = ((await mine.json()) as { id: string }).id;
  for (const token of [editor, viewer]) {
    expect(await status("GET", "/api/workers/secretive", token)).toBe(404);
    expect(await status("GET", `/api/runs/${run}`, token)).toBe(404);
    for (const path of [
      "/api/workers",
      "/api/runs",
      "/api/triggers",
      "/api/deadletters",
      "/api/secrets",
      "/api/system/overview",
      "/api/runs/export.csv",
    ]) {
      const answer = await callApi("GET", path, { token });
      expect([path, answer.status]).toEqual([path, 200]);
      expect([path, (await answer.text()).includes("secretive")]).toEqual([path, false]);
    }
  }
  expect((await start(editor)).status).toBe(404);
  expect(await status("GET", "/api/workers/secretive/grants", await seedMember("a", "admin"))).toBe(200);
  const grant = (letter: string, kind: string) =>
    env.DB.prepare("INSERT INTO worker_grants VALUES (?, ?, ?, ?, 'me', 0)")
      .bind(ownerWorkspace, id, personId(letter), kind)
      .run();
  await grant("v", "runner");
  expect((await start(viewer)).status).toBe(202);
  expect((await callApi("POST", "/api/workers/no-secret/runs", { token: viewer, json: {} })).status).toBe(
    404,
  );
  await grant("v", "approver");
  const signedIn = await signIn("v");
  const of = (worker_id: string) => ({ workspace_id: ownerWorkspace, worker_id });
  expect([
    can(signedIn, "approvals:decide", of(id)),
    can(signedIn, "approvals:decide", of("wrk_other")),
  ]).toEqual([true, false]);
});

it("whoever is signed in acts in the workspace they name, if it is theirs, else in the first they came to", async () => {
  verifies("access:workspaces:named-by-header");
  const session: SignedIn = {
    user_id: personId("z"),
    session_id: "s",
    email: "Zoe@Example.com",
    email_verified: true,
  };
  const deps = { ...accessDeps(testHost), findSession: async () => session };
  const ask = (headers: Record<string, string> = {}, search = "") =>
    attempt(() =>
      authorize(
        deps,
        { access: "any" },
        { raw: new Request(`http://floom.test/${search}`, { headers }), params: {} },
      ),
    );
  const many = await Promise.all([ask(), ask(), ask()]);
  const [first] = many;
  expect(first).toMatchObject({ value: { kind: "account", role: "owner", email: "zoe@example.com" } });
  const home = first?.ok ? (first.value?.workspace_id ?? "") : "";
  for (const one of many) expect(one).toMatchObject({ value: { workspace_id: home } });
  expect(await ask({ "x-workeros-workspace": ownerWorkspace })).toMatchObject({
    refusal: { code: "not_found" },
  });
  await seedMember("z", "viewer");
  const there = { value: { workspace_id: ownerWorkspace, role: "viewer" } };
  expect(await ask({ "x-workeros-workspace": ownerWorkspace })).toMatchObject(there);
  expect(await ask({}, `?workspace=${ownerWorkspace}`)).toMatchObject(there);
});

it("to know who asks costs one question to the database, whoever it is", async () => {
  verifies("access:authentication:one-read");
  const member = await seedMember("e", "editor");
  // That a token is used is noted behind the answer once an hour: not again in what follows.
  await testHost.db.run("UPDATE tokens SET last_used_at = unixepoch() * 1000");
  let questions = 0;
  /** Counts what is asked of whatever comes of this, at last: one question each, be it of one statement or of many. */
  const count = <T extends object>(asked: T): T =>
    new Proxy(asked, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== "function") return member;
        return (...values: unknown[]) => {
          const given: unknown = member.apply(target, values);
          if (["batch", "exec", "run", "all", "raw", "first"].includes(String(key))) questions += 1;
          return key === "prepare" || key === "bind" ? count(given as object) : given;
        };
      },
    });
  const deps = { ...accessDeps(testHost), db: createDb(count(env.DB)) };
  for (const token of [member, deps.ownerToken, "unknown"]) {
    questions = 0;
    const headers = { authorization: `Bearer ${token}` };
    await attempt(() =>
      authorize(
        deps,
        { access: "runs:write" },
        { raw: new Request("http://floom.test", { headers }), params: {} },
      ),
    );
    expect([token, questions]).toEqual([token, 1]);
  }
});
