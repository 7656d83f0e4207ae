import { beforeEach, expect, it } from "vitest";
import { allScopes } from "#contract/access/access";
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
  strangerWorkspace,
} from "../test/support/workerd/api-harness.ts";
import { namedBy, nothing, pathOf, requestOf } from "../test/support/workerd/route-requests.ts";
import type { Things } from "../test/support/workerd/route-requests.ts";
import { seedThings } from "../test/support/workerd/seed-things.ts";
import { verifies } from "../test/verifies.ts";
import { FORM_FRAME_BYTES } from "./http/read-body.ts";

const all: TableRoute[] = Object.values(routes);
const guarded = all.filter((route) => route.access !== "public");
const scoped = guarded.filter((route) => route.access !== "run_token");
const ofRuns = guarded.filter((route) => route.access === "run_token");
const naming = scoped.filter((route) => namedBy(route).length > 0);

/** Every worker has a first version and a worker.yml: their names give nothing away. */
const isShared = (name: string) => name === "version" || name === "file";

/** Pushing a folder or a template under a name that the workspace does not have makes one of that name. */
const makesWhatIsMissing = new Set(["putWorkerBundle", "putTemplate", "setSecret"]);

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
  let text = (await response.text()).replaceAll(requestId, "(request)");
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
  for (const route of scoped) {
    for (const given of [[], allScopes.filter((scope) => scope !== route.access)]) {
      const response = await callApi(route.method, pathOf(route, nothing), {
        token: await strangerToken(given),
      });
      expect([route.id, response.status, await codeOf(response)]).toEqual([
        route.id,
        403,
        "insufficient_scope",
      ]);
    }
  }
});

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
    if (!makesWhatIsMissing.has(route.id)) expect([route.id, answer.status]).toEqual([route.id, 404]);
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
    const text = await response.text();
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
