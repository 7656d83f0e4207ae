import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { routes } from "#contract/routes";
import type { TableRoute } from "#contract/routes";
import { Browser, signUp } from "../test/support/workerd/account-harness.ts";
import { callApi, ownerToken, ownerWorkspace, runTokenOf } from "../test/support/workerd/api-harness.ts";
import type { ApiCall } from "../test/support/workerd/api-harness.ts";
import { bodyOf, nothing, pathOf, requestOf } from "../test/support/workerd/route-requests.ts";
import type { Things } from "../test/support/workerd/route-requests.ts";
import { seedThings } from "../test/support/workerd/seed-things.ts";
import { verifies } from "../test/verifies.ts";

/** What takes something away comes last, so that the others still find it. */
const takesAway = ({ id }: TableRoute) => /^(?:delete|archive|pause|cancel|reject|approve|decide)/.test(id);
const all = Object.values<TableRoute>(routes).toSorted((a, b) => Number(takesAway(a)) - Number(takesAway(b)));
/** One seed, so that what is found today is found tomorrow. */
const SEED = 20_260;
const RUNS_PER_ROUTE = 12;

let things: Things = nothing;
let runToken = "";
beforeEach(async () => {
  things = await seedThings({ token: ownerToken, workspace_id: ownerWorkspace }, "fuzzed");
  runToken = await runTokenOf(things.run);
});

const tokenFor = (route: TableRoute) => (route.access === "run_token" ? runToken : ownerToken);

/** Text that is likely to mean something to somebody: numbers, dates, ids, paths, half characters, and whatever else. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "0",
    "-1",
    "1e309",
    "NaN",
    "null",
    "true",
    "../..",
    "%00",
    "%",
    "\u0000",
    "\ud800",
    "' --",
  ),
  fc.constantFrom("2026-02-30T00:00:00Z", "9007199254740993", "__proto__", "constructor", "[object Object]"),
  fc.integer().map(String),
);

/** A JSON value, sometimes deep, sometimes with names that objects have by birth. */
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(fc.oneof(text, fc.constantFrom("__proto__", "toString")), fc.jsonValue({ maxDepth: 2 })),
  fc
    .integer({ min: 1, max: 2000 })
    .map((depth) => JSON.parse("[".repeat(depth) + "]".repeat(depth)) as unknown),
);

/** A good body with one member replaced, left out or added. */
const change = fc.record({ at: fc.nat(20), name: text, value: json, how: fc.nat(2) });

function changeBody(
  good: unknown,
  { at, name, value, how }: { at: number; name: string; value: unknown; how: number },
) {
  if (typeof good !== "object" || good === null || Array.isArray(good)) return value;
  const entries = Object.entries(good);
  const index = at % Math.max(entries.length, 1);
  if (how === 0 && entries.length > 0)
    return Object.fromEntries(entries.with(index, [entries[index]?.[0] ?? name, value]));
  if (how === 1) return Object.fromEntries(entries.toSpliced(index, 1));
  return Object.fromEntries([...entries, [name, value]]);
}

const wellFormed = (value: string) => encodeURIComponent(value.toWellFormed());

/** Query members of the route, and one that it does not have. None that would hold the answer back. */
function queryOf(route: TableRoute): fc.Arbitrary<string> {
  const names = Object.keys(route.query?.shape ?? {}).filter((name) => name !== "wait");
  const name = fc.constantFrom(...names, "unknown");
  return fc
    .array(fc.tuple(name, text), { maxLength: 4 })
    .map((members) => members.map(([key, value]) => `${key}=${wellFormed(value)}`).join("&"));
}

function callOf(route: TableRoute): fc.Arbitrary<ApiCall> {
  const good = bodyOf(route, things);
  const raw = fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes));
  const headers = good.headers ?? { "content-type": "application/json" };
  if (!route.body) return fc.constant({});
  if (route.body.kind === "json") {
    return fc.oneof(
      change.map((how) => ({ json: changeBody(good.json, how) })),
      json.map((value) => ({ json: value })),
      raw.map((body) => ({ body, headers })),
    );
  }
  if (route.body.kind === "bytes") return raw.map((body) => ({ body, headers }));
  const type = text.map((boundary) => `multipart/form-data; boundary=${wellFormed(boundary)}`);
  return fc.oneof(
    fc.constant(good),
    fc.tuple(raw, type).map(([body, contentType]) => ({ body, headers: { "content-type": contentType } })),
  );
}

/** The good path with one of the things it names called something else. */
function placeOf(route: TableRoute): fc.Arbitrary<string> {
  const other = text.filter((value) => value !== "" && !/^\.{1,2}$/.test(value));
  const path = other.map((value) => {
    const named = Object.fromEntries(Object.keys(things).map((name) => [name, value.toWellFormed()]));
    return pathOf(route, named as unknown as Things);
  });
  return fc.oneof({ weight: 3, arbitrary: fc.constant(pathOf(route, things)) }, path);
}

/** Reads an answer to its end; a stream of events has none. */
async function readWhole(response: Response): Promise<void> {
  const goesOn = response.headers.get("content-type")?.startsWith("text/event-stream");
  await (goesOn ? response.body?.cancel() : response.arrayBuffer());
}

/** All routes in so many parts, each with its own time: there are more of them every month. */
const PARTS = 8;
const parts = Array.from({ length: PARTS }, (_, part) => ({
  part: part + 1,
  routes: all.filter((_route, index) => index % PARTS === part),
}));

it.each(parts)(
  "no input makes any route break, every answer is sealed: part $part of eight",
  async (of) => {
    verifies("access:every-route:no-fault", "access:every-answer:sealed");
    for (const route of of.routes) {
      const request = fc.record({ path: placeOf(route), query: queryOf(route), call: callOf(route) });
      await fc.assert(
        fc.asyncProperty(request, async ({ path, query, call }) => {
          const response = await callApi(route.method, `${path}?${query}`, {
            ...call,
            token: tokenFor(route),
          });
          const { status, headers } = response;
          if (status < 400) await readWhole(response);
          else {
            expect([route.id, status, problemSchema.parse(await response.json()).status]).toEqual([
              route.id,
              status,
              status,
            ]);
          }
          expect([route.id, status < 500]).toEqual([route.id, true]);
          expect(headers.get("x-request-id")).toMatch(/^req_/);
          expect(headers.get("x-content-type-options")).toBe("nosniff");
          expect(headers.get("content-security-policy")).toContain("default-src 'none'");
          expect(headers.get("cache-control")).toContain("no-store");
        }),
        { seed: SEED, numRuns: RUNS_PER_ROUTE, endOnFailure: true },
      );
    }
  },
  120_000,
);

it("every route that reads answers what it is asked for", async () => {
  const reads = all
    .filter(({ id }) => /^(?:get|list|count|preview|compare|diff|stream)/.test(id))
    // These are read by the token of a link, which is shown once and is no thing.
    .filter(({ id }) => id !== "getPublicWorker" && id !== "getPublicRun")
    // The run that is there holds no council.
    .filter(({ id }) => id !== "getCouncil")
    // What a client has asked for is read by the signed request that it came with.
    .filter(({ id }) => id !== "getClientRequest");
  // What only a script makes is not among the things, and the run that is waits for people: no script of it asks.
  const made = reads.filter(
    ({ path, access }) => !/\{(?:artifact|child|key)\}/.test(path) && access !== "run_token",
  );
  // An account is read by whoever is signed in to it: no token stands for that.
  const browser = new Browser();
  await signUp(browser, "reader@example.com");
  const isOfAccount = ({ path }: TableRoute) => /^\/api\/account(?:\/|$)/.test(path);
  for (const route of made) {
    const { method, path, call } = requestOf(route, things);
    const response = isOfAccount(route)
      ? await browser.call(method, path)
      : await callApi(method, path, { ...call, token: tokenFor(route) });
    await readWhole(response);
    expect([route.id, response.status]).toEqual([route.id, route.answer.status]);
  }
});

it("nor does any at the ways in beside the table: hooks, and the page that reviews", async () => {
  verifies("access:every-route:no-fault", "access:every-answer:sealed");
  const ways = [`/hooks/${things.trigger}`, "/hooks/", "/webhooks/fuzzed", "/webhooks/fuzzed/resume"];
  const way = fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH"),
    path: fc.oneof(
      fc.constantFrom(...ways, "/approvals/review"),
      text.map((name) => `/hooks/${wellFormed(name)}`),
      text.map((token) => `/approvals/review?id=${things.approval}&token=${wellFormed(token)}`),
    ),
    body: fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
    type: fc.constantFrom("application/json", "text/plain", "application/x-www-form-urlencoded", "x"),
  });
  await fc.assert(
    fc.asyncProperty(way, async ({ method, path, body, type }) => {
      const call = method === "GET" ? {} : { body, headers: { "content-type": type } };
      const response = await callApi(method, path, call);
      await readWhole(response);
      expect([method, path, response.status < 500]).toEqual([method, path, true]);
      expect(response.headers.get("x-request-id")).toMatch(/^req_/);
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    }),
    { seed: SEED, numRuns: 150, endOnFailure: true },
  );
}, 60_000);
