import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { allScopes, roleSchema } from "#contract/access/access";
import { scopesOfRole } from "#contract/access/roles";
import { limits } from "#contract/limits";
import type { LimitName } from "#contract/limits";
import { problemSchema } from "#contract/problem";
import { routes } from "#contract/routes";
import type { TableRoute } from "#contract/routes";
import {
  callApi,
  ownerToken,
  ownerWorkspace,
  runTokenOf,
  strangerToken,
} from "../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../test/support/workerd/stranger.ts";
import { personId, seedMember } from "../test/support/workerd/people.ts";
import { namedBy, nothing, pathOf, readAnswer, requestOf } from "../test/support/workerd/route-requests.ts";
import type { Things } from "../test/support/workerd/route-requests.ts";
import { seedThings } from "../test/support/workerd/seed-things.ts";
import { verifies } from "../test/verifies.ts";
import { FORM_FRAME_BYTES } from "./http/read-body.ts";

const all: TableRoute[] = Object.values(routes);
const guarded = all.filter((route) => route.access !== "public");
const scoped = guarded.filter((route) => route.access !== "run_token" && route.access !== "any");
const ofRuns = guarded.filter((route) => route.access === "run_token");
const naming = scoped.filter((route) => namedBy(route).length > 0);

/** Every worker has a first version and a worker.yml: their names give nothing away. */
const isShared = (name: string) => name === "version" || name === "file";

/** What is no worker's, but the workspace's or a person's. Versions and files are of whatever is named before them. */
const ofWorkspace = new Set<keyof Things>([
  "upload",
  "template",
  "secret",
  "connection",
  "member",
  "invitation",
  "context",
  "workspace",
  "share",
  "token",
  "service_account",
  "variable",
  "session",
  "workspace",
]);

/** Pushing a folder or a template under a name that the workspace does not have makes one of that name. */
const makesWhatIsMissing = new Set([
  "putWorkerBundle",
  "putTemplate",
  "setSecret",
  "setVariable",
  "createContext",
]);

interface Answer {
  status: number;
  /** Without what belongs to this one answer: its id, and when the body names it, how long it is. */
  headers: [string, string][];
  text: string;
}

/** What is answered about `things`, told so that answers about other things can be compared with it. */
async function askAbout(route: TableRoute, things: Things, token: string): Promise<Answer> {
  const { method, path, call } = requestOf(route, things);
  const response = await callApi(method, path, { ...call, token });
  const requestId = response.headers.get("x-request-id") ?? "";
  let text = (await readAnswer(response)).replaceAll(requestId, "(request)");
  for (const [name, value] of Object.entries(things))
    if (!isShared(name)) text = text.replaceAll(value, `(${name})`);

  const headers = [...response.headers].filter(([name]) => name !== "x-request-id");
  return { status: response.status, headers, text };
}

async function codeOf(response: Response): Promise<string> {
  return problemSchema.parse(await response.json()).code;
}

let tokenOfStranger = "";
beforeEach(async () => {
  tokenOfStranger = await strangerToken();
});
const seedTheirs = () => seedThings({ token: ownerToken, workspace_id: ownerWorkspace }, "their-worker");
const seedOwn = () => seedThings({ token: tokenOfStranger, workspace_id: strangerWorkspace }, "own-worker");

it("every guarded route answers 401 without a valid token", async () => {
  verifies("access:every-route:no-token-401");
  for (const route of guarded) {
    for (const token of ["", "not-a-token"]) {
      const response = await callApi(route.method, pathOf(route, nothing), { token });
      expect([route.id, response.status, await codeOf(response)]).toEqual([route.id, 401, "unauthenticated"]);
      expect(response.headers.get("www-authenticate"), route.id).toContain("Bearer");
    }
  }
});

it("every scoped route answers 403 to a token without its scope, and to one that has all the others", async () => {
  verifies("access:every-route:wrong-scope-403");
  for (const route of scoped.filter(({ access }) => access !== "any")) {
    for (const given of [[], allScopes.filter((scope) => scope !== route.access)]) {
      const response = await callApi(route.method, pathOf(route, nothing), {
        token: await strangerToken(given),
      });
      // Decisions are people's: no other token will do.
      const code = route.access === "approvals:decide" ? "people_only" : "insufficient_scope";
      expect([route.id, response.status, await codeOf(response)]).toEqual([route.id, 403, code]);
    }
  }
});

it("every route is open to exactly those roles that have its scope, by what they are now", async () => {
  verifies("access:every-route:by-role");
  await callApi("GET", "/api/runs");
  for (const role of roleSchema.options) {
    const token = await seedMember(role === "owner" ? "w" : role.charAt(0), role);
    for (const route of scoped.filter(({ access }) => access !== "approvals:decide")) {
      const response = await callApi(route.method, pathOf(route, nothing), { token });
      const isRefused = response.status === 403 && (await codeOf(response)) === "insufficient_scope";
      const isOpen = scopesOfRole[role].some((scope) => scope === route.access);
      expect([route.id, role, isRefused]).toEqual([route.id, role, !isOpen]);
    }
  }
}, 120_000);

it("every guarded route answers an expired token, and one of somebody who has left, as it answers none", async () => {
  verifies("access:every-route:no-token-401");
  await callApi("GET", "/api/runs");
  const [expired, left] = [await seedMember("e", "owner"), await seedMember("v", "owner")];
  await env.DB.batch([
    env.DB.prepare("UPDATE tokens SET expires_at = 1 WHERE user_id = ?").bind(personId("e")),
    env.DB.prepare("DELETE FROM members WHERE user_id = ?").bind(personId("v")),
  ]);
  for (const route of guarded) {
    const answers = await Promise.all(["", expired, left].map((token) => askAbout(route, nothing, token)));
    for (const answer of answers) expect([route.id, answer]).toEqual([route.id, answers[0]]);
    expect([route.id, answers[0]?.status]).toEqual([route.id, 401]);
  }
}, 120_000);

it("every route that names a private worker, or a thing of one, is to another editor as if it did not exist", async () => {
  verifies("access:visibility:private-worker-hidden");
  const theirs = await seedTheirs();
  const editor = await seedMember("e", "editor");
  await env.DB.prepare("UPDATE workers SET visibility = 'private', made_by = 'usr_ada' WHERE name = ?")
    .bind(theirs.worker)
    .run();
  const ofWorkers = naming.filter((route) =>
    namedBy(route).some((name) => !isShared(name) && !ofWorkspace.has(name)),
  );
  for (const route of ofWorkers.filter(({ id }) => !makesWhatIsMissing.has(id))) {
    const answer = await askAbout(route, theirs, editor);
    expect([route.id, answer]).toEqual([route.id, await askAbout(route, nothing, editor)]);
  }
}, 120_000);

it("every route that names a private context is to another editor as if it did not exist, and the list leaves it out", async () => {
  verifies("contexts:private:hidden");
  const theirs = await seedTheirs();
  const editor = await seedMember("e", "editor");
  await env.DB.prepare(
    "UPDATE context_bundles SET visibility = 'private', owner_id = 'usr_ada' WHERE name = ?",
  )
    .bind(theirs.context)
    .run();
  const ofContexts = naming.filter((route) => namedBy(route).includes("context"));
  for (const route of ofContexts.filter(({ id }) => !makesWhatIsMissing.has(id))) {
    const answer = await askAbout(route, theirs, editor);
    expect([route.id, answer]).toEqual([route.id, await askAbout(route, nothing, editor)]);
    expect([route.id, answer.status]).toEqual([route.id, 404]);
  }
  const listed = await callApi("GET", "/api/contexts", { token: editor });
  expect(await listed.text()).not.toContain(theirs.context);
  // Nothing of it was changed or taken away meanwhile.
  const path = `/api/contexts/${theirs.context}`;
  expect(await (await callApi("GET", path)).json()).toMatchObject({ version: 1, visibility: "private" });
}, 60_000);

it("every route of a run is shut to other runs and to every workspace's token", async () => {
  verifies("access:run-token:not-forged");
  const theirs = await seedTheirs();
  const tokens = [ownerToken, tokenOfStranger, await runTokenOf(theirs.otherRun), `wrt_${"0".repeat(64)}`];
  for (const route of ofRuns) {
    for (const token of tokens) {
      const { method, path, call } = requestOf(route, theirs);
      const response = await callApi(method, path, { ...call, token });
      expect([route.id, response.status, await codeOf(response)]).toEqual([route.id, 401, "unauthenticated"]);
    }
  }
}, 60_000);

it("every route that names a thing answers another workspace exactly as if the thing did not exist", async () => {
  verifies("access:every-route:stranger-404");
  const theirs = await seedTheirs();
  for (const route of naming) {
    const answer = await askAbout(route, theirs, tokenOfStranger);
    expect([route.id, answer]).toEqual([route.id, await askAbout(route, nothing, tokenOfStranger)]);
    const status = route.access === "approvals:decide" ? 403 : 404;
    if (!makesWhatIsMissing.has(route.id)) expect([route.id, answer.status]).toEqual([route.id, status]);
  }
}, 60_000);

it("so does every route that names a thing of its own beside it", async () => {
  verifies("access:every-route:stranger-404");
  const theirs = await seedTheirs();
  const own = await seedOwn();
  const names = Object.keys(nothing) as (keyof Things)[];
  for (const route of naming.filter((candidate) => namedBy(candidate).length > 1)) {
    const [first, ...rest] = namedBy(route);
    const mixed = (others: Things): Things => {
      const entries = names.map((name): [keyof Things, string] => [
        name,
        rest.includes(name) && name !== first ? others[name] : own[name],
      ]);
      return Object.fromEntries(entries) as unknown as Things;
    };
    if (rest.every(isShared)) continue;
    const answer = await askAbout(route, mixed(theirs), tokenOfStranger);
    expect([route.id, answer]).toEqual([route.id, await askAbout(route, mixed(nothing), tokenOfStranger)]);
    expect([route.id, answer.status]).toEqual([route.id, 404]);
  }
}, 60_000);

it("no other route tells a stranger anything of another workspace, nor changes it", async () => {
  verifies("access:every-route:stranger-404");
  const theirs = await seedTheirs();
  const before = await callApi("GET", `/api/approvals/${theirs.approval}`);
  const secrets = [
    theirs.otherRun,
    theirs.upload,
    theirs.trigger,
    theirs.delivery,
    theirs.alert,
    "ada@example",
  ];
  for (const route of scoped.filter((candidate) => namedBy(candidate).length === 0)) {
    const { method, path, call } = requestOf(route, theirs);
    const response = await callApi(method, path, { ...call, token: tokenOfStranger });
    const text = await readAnswer(response);
    expect([route.id, secrets.filter((secret) => text.includes(secret))]).toEqual([route.id, []]);
    const missing = await askAbout(route, nothing, tokenOfStranger);
    if (route.body?.kind === "json" && /decide|redrive|dismiss/i.test(route.id))
      expect([route.id, await askAbout(route, theirs, tokenOfStranger)]).toEqual([route.id, missing]);
  }
  const after = await callApi("GET", `/api/approvals/${theirs.approval}`);
  expect(await after.json()).toEqual(await before.json());
}, 60_000);

it("every route refuses a body over its limit", async () => {
  const theirs = await seedTheirs();
  const runToken = await runTokenOf(theirs.run);
  for (const route of all.filter((candidate) => candidate.body)) {
    const { path, call } = requestOf(route, theirs);
    if (!route.body) continue;
    const isForm = route.body.kind === "multipart";
    const most = limits[route.body.limit as LimitName].value + (isForm ? FORM_FRAME_BYTES : 0);
    const type = new Headers(call.headers).get("content-type") ?? "application/json";
    const contentType = isForm ? "multipart/form-data; boundary=x" : type;
    const response = await callApi(route.method, path, {
      headers: { "content-type": contentType, "content-length": String(most + 1) },
      body: new Uint8Array(most + 1),
      token: route.access === "run_token" ? runToken : ownerToken,
    });
    expect([route.id, response.status, await codeOf(response)]).toEqual([route.id, 413, "body_too_large"]);
  }
}, 60_000);
