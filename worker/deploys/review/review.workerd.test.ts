import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import * as z from "zod";
import { problemSchema } from "#contract/problem";
import { versionReviewSchema } from "#contract/versions/review";
import { pushResultSchema, versionSummarySchema } from "#contract/workers/worker";
import { callApi } from "../../../test/support/workerd/api-harness.ts";
import { seedMember } from "../../../test/support/workerd/people.ts";
import { verifies } from "../../../test/verifies.ts";

const source = (name: string, script: string, rest = "") => ({
  worker_yml: `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: 0.1.0\nexec: { entry: run.py }\n${rest}`,
  run_py: script,
});

const json = async (response: Response | Promise<Response>) => (await response).json();
const codeOf = async (response: Response | Promise<Response>) =>
  problemSchema.parse(await json(response)).code;
const start = (name: string) => callApi("POST", `/api/workers/${name}/runs`, { json: {} });
const decide = (name: string, path: string, body: unknown = {}) =>
  callApi("POST", `/api/workers/${name}/versions/${path}`, { json: body });

/** A worker at version 1 with version 2 in quarantine. */
async function quarantined(name: string, rest = "") {
  expect((await callApi("POST", "/api/workers", { json: source(name, "print(1)") })).status).toBe(201);
  const pushed = await callApi("PUT", `/api/workers/${name}?quarantine=true`, {
    json: source(name, "print(2)", rest),
  });
  return pushResultSchema.parse(await json(pushed));
}

it("a version in quarantine is stored and run by nothing, until somebody promotes it", async () => {
  verifies("versions:quarantine:nothing-runs-it");
  const { version, worker } = await quarantined("waits", 'calls: ["other-one"]\n');
  expect(version).toMatchObject({ number: 2, state: "quarantined", active: false });
  expect(worker.version).toBe(1);
  expect(z.object({ version: z.int() }).parse(await json(start("waits"))).version).toBe(1);
  expect(await codeOf(callApi("POST", "/api/workers/waits/rollback/2"))).toBe("version_not_released");
  expect(await codeOf(decide("waits", "2/activate"))).toBe("version_not_released");

  const review = versionReviewSchema.parse(
    await json(callApi("GET", "/api/workers/waits/versions/2/review")),
  );
  expect(review).toMatchObject({ against: 1, version: { state: "quarantined" } });
  expect(review.may_newly.map(({ kind, what }) => `${kind} ${what}`)).toEqual(["call other-one"]);
  expect(review.files.map(({ path }) => path)).toEqual(["run.py", "worker.yml"]);

  const promoted = await decide("waits", "2/promote", { expected_digest: version.digest });
  expect(versionSummarySchema.parse(await json(promoted))).toMatchObject({ state: "active", active: true });
  expect(z.object({ version: z.int() }).parse(await json(start("waits"))).version).toBe(2);
});

it("a worker whose first version waits has no triggers and starts nothing", async () => {
  verifies("versions:quarantine:nothing-runs-it");
  await callApi("PATCH", "/api/workspace/settings", { json: { quarantine_pushes_of: "all" } });
  const rest = 'triggers: [{ type: schedule, cron: "0 9 * * *" }]\n';
  await callApi("POST", "/api/workers", { json: source("first-waits", "print(1)", rest) });
  await callApi("PATCH", "/api/workspace/settings", { json: { quarantine_pushes_of: null } });
  const triggers = () => json(callApi("GET", "/api/workers/first-waits/triggers"));
  expect(await triggers()).toEqual([]);
  expect(await codeOf(start("first-waits"))).toBe("version_not_released");
  expect((await decide("first-waits", "1/promote")).status).toBe(200);
  expect(await triggers()).toMatchObject([{ type: "schedule" }]);
  expect((await start("first-waits")).status).toBe(202);
});

it("what was rejected or retired never runs again", async () => {
  verifies("versions:quarantine:nothing-runs-it");
  await quarantined("refused");
  const rejected = versionSummarySchema.parse(
    await json(decide("refused", "2/reject", { reason: "It deletes." })),
  );
  expect(rejected).toMatchObject({ state: "rejected", decision_reason: "It deletes.", active: false });
  expect(await codeOf(decide("refused", "2/promote"))).toBe("version_conflict");
  expect(await codeOf(callApi("POST", "/api/workers/refused/rollback/2"))).toBe("version_not_released");
  expect(await codeOf(decide("refused", "1/retire"))).toBe("version_conflict");
  await callApi("PUT", "/api/workers/refused", { json: source("refused", "print(3)") });
  expect((await decide("refused", "1/retire")).status).toBe(200);
  expect(await codeOf(callApi("POST", "/api/workers/refused/rollback/1"))).toBe("version_not_released");
});

it("of two who decide at once one is heard, and nobody promotes another bundle than they saw", async () => {
  verifies("versions:quarantine:one-decision");
  await quarantined("raced");
  expect(await codeOf(decide("raced", "2/promote", { expected_digest: "0".repeat(64) }))).toBe(
    "version_conflict",
  );
  const both = await Promise.all([
    decide("raced", "2/promote"),
    decide("raced", "2/reject", { reason: "No." }),
    decide("raced", "2/promote"),
  ]);
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
});

it.each([
  ["the signature", "signature = 'v1.00'"],
  ["the digest", "digest = 'e'"],
  ["the tier", `manifest = json_set(manifest, '$.runtime', json('{"trust_tier":4}'))`],
  ["who decided", "decided_by = 'usr_somebody'"],
])("a row in which %s was changed past the server is refused", async (_, change) => {
  verifies("versions:signature:checked-at-dispatch");
  const name = `changed-${change.replaceAll(/[^a-z]/g, "").slice(0, 12)}`;
  await callApi("POST", "/api/workers", { json: source(name, "print(1)") });
  expect((await start(name)).status).toBe(202);
  await env.DB.prepare(
    `UPDATE versions SET ${change} WHERE worker_id = (SELECT id FROM workers WHERE name = ?)`,
  )
    .bind(name)
    .run();
  expect(await codeOf(start(name))).toBe("signature_invalid");
});

it("quarantine is not left by writing another state into the row", async () => {
  verifies("versions:signature:checked-at-dispatch");
  await quarantined("slipped");
  await env.DB.batch([
    env.DB.prepare(
      "UPDATE versions SET state = 'active' WHERE number = 2 AND worker_id = (SELECT id FROM workers WHERE name = 'slipped')",
    ),
    env.DB.prepare("UPDATE workers SET active_version = 2 WHERE name = 'slipped'"),
  ]);
  expect(await codeOf(start("slipped"))).toBe("signature_invalid");
});

it("editors may read a review and decide nothing", async () => {
  verifies("versions:quarantine:people-decide");
  await quarantined("guarded");
  const token = await seedMember("e", "editor");
  expect((await callApi("GET", "/api/workers/guarded/versions/2/review", { token })).status).toBe(200);
  for (const [path, body] of [
    ["2/promote", {}],
    ["2/reject", { reason: "No." }],
    ["1/retire", {}],
  ] as const) {
    const answer = await callApi("POST", `/api/workers/guarded/versions/${path}`, { token, json: body });
    expect(answer.status).toBe(403);
  }
  const missing = await callApi("GET", "/api/workers/not-there/versions/2/review", { token });
  expect(missing.status).toBe(404);
});
