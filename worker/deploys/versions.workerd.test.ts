import { expect, it } from "vitest";
import * as z from "zod";
import { problemSchema } from "#contract/problem";
import { runDetailSchema } from "#contract/runs/run";
import {
  activationResultSchema,
  activationSchema,
  versionDetailSchema,
  versionDiffSchema,
} from "#contract/versions/version";
import { callApi } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";

const manifestOf = (name: string, rest: string) =>
  `schema_version: "0.3"\nname: ${name}\ntitle: Hello\nversion: 0.1.0\nexec: { entry: run.py }\n${rest}`;

/** Pushes versions of a worker one after the other: what stands below the head of worker.yml, and its script. */
async function push(name: string, versions: { rest?: string; script: string }[]): Promise<void> {
  for (const [index, { rest = "", script }] of versions.entries()) {
    const json = { worker_yml: manifestOf(name, rest), run_py: script };
    const [method, path] = index === 0 ? ["POST", "/api/workers"] : ["PUT", `/api/workers/${name}`];
    const response = await callApi(method ?? "", path ?? "", { json });
    expect(response.ok).toBe(true);
  }
}

const activate = (name: string, number: number, json: unknown = {}) =>
  callApi("POST", `/api/workers/${name}/versions/${number}/activate`, { json });

it("a version is shown with its manifest, and a diff with its files, values and new abilities", async () => {
  verifies("versions:diff:files-and-manifest", "versions:diff:may-newly");
  await push("diffed", [{ script: "print(1)\n" }, { rest: "calls: [other-worker]\n", script: "print(2)\n" }]);
  const shown = await callApi("GET", "/api/workers/diffed/versions/2");
  expect(versionDetailSchema.parse(await shown.json())).toMatchObject({
    worker: "diffed",
    number: 2,
    active: true,
    manifest: { calls: ["other-worker"] },
  });
  const diff = versionDiffSchema.parse(
    await (await callApi("GET", "/api/workers/diffed/versions/1/diff/2")).json(),
  );
  expect(diff.files.map(({ path, change }) => `${change} ${path}`)).toEqual([
    "changed run.py",
    "changed worker.yml",
  ]);
  expect(diff.manifest).toEqual([{ pointer: "/calls", before: [], after: ["other-worker"] }]);
  expect(diff.may_newly.map(({ kind, what }) => `${kind} ${what}`)).toEqual(["call other-worker"]);
  for (const path of ["versions/9", "versions/1/diff/9", "versions/one"])
    expect((await callApi("GET", `/api/workers/diffed/${path}`)).status).toBe(404);
});

it("a rollback makes new runs of the older version and leaves earlier runs on theirs", async () => {
  verifies("versions:rollback:runs-stay-pinned", "versions:activate:recorded");
  await push("rolled", [{ script: "print(1)" }, { script: "print(2)" }]);
  const start = async () =>
    runDetailSchema.parse(await (await callApi("POST", "/api/workers/rolled/runs", { json: {} })).json());
  const before = await start();
  const response = await callApi("POST", "/api/workers/rolled/rollback/1");
  expect(activationResultSchema.parse(await response.json())).toMatchObject({
    previous: 2,
    changed: true,
    version: {
      number: 1,
      active: true,
    },
    worker: { version: 1 },
  });
  expect((await start()).version).toBe(1);
  const read = await callApi("GET", `/api/runs/${before.id}`);
  expect(runDetailSchema.parse(await read.json()).version).toBe(2);
  const again = activationResultSchema.parse(await (await activate("rolled", 1)).json());
  expect(again.changed).toBe(false);
  const log = await (await callApi("GET", "/api/workers/rolled/activations")).json();
  expect(z.array(activationSchema).parse(log)).toMatchObject([
    { from: 2, to: 1, by: "tok_00000000000000000000000000", forced: [] },
  ]);
});

it("of two activations made on the same version one takes effect and the other is told", async () => {
  verifies("versions:activate:compare-and-swap");
  await push("swapped", [{ script: "print(1)" }, { script: "print(2)" }, { script: "print(3)" }]);
  const answers = await Promise.all([
    activate("swapped", 1, { if_active: 3 }),
    activate("swapped", 2, { if_active: 3 }),
  ]);
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  const late = await activate("swapped", 3, { if_active: 3 });
  expect(problemSchema.parse(await late.json())).toMatchObject({ status: 409, code: "version_conflict" });
});

it("a guarded rollback is refused until its guards are named, and the record keeps that they were", async () => {
  verifies("versions:rollback:guards");
  const careful = "approvals: { required: true }\npaused: true\n";
  await push("guarded", [{ script: "print(1)" }, { rest: careful, script: "print(2)" }]);
  const refused = problemSchema.parse(await (await activate("guarded", 1)).json());
  expect(refused).toMatchObject({ status: 409, code: "activation_refused" });
  expect(refused.errors?.map(({ code }) => code)).toEqual(["drops_approvals", "re_enables"]);
  const half = await activate("guarded", 1, { force: ["re_enables"] });
  expect(problemSchema.parse(await half.json()).errors?.map(({ code }) => code)).toEqual(["drops_approvals"]);
  const forced = await activate("guarded", 1, { force: ["re_enables", "drops_approvals"] });
  expect(forced.status).toBe(200);
  const log = await (await callApi("GET", "/api/workers/guarded/activations")).json();
  expect(z.array(activationSchema).parse(log)[0]?.forced).toEqual(["drops_approvals", "re_enables"]);
});

it("rolling back from a version that archives brings the worker back", async () => {
  verifies("versions:rollback:guards");
  await push("shelved", [{ script: "print(1)" }, { rest: "archived: true\n", script: "print(2)" }]);
  expect((await activate("shelved", 1)).status).toBe(409);
  const forced = await activate("shelved", 1, { force: ["re_enables"] });
  expect(activationResultSchema.parse(await forced.json()).worker.archived).toBe(false);
});

it("rolling back brings the triggers of the older version back", async () => {
  verifies("versions:rollback:triggers-follow");
  const cron = (at: string) => `triggers:\n  - { type: schedule, cron: "${at}" }\n`;
  await push("timed", [
    { rest: cron("0 7 * * *"), script: "print(1)" },
    { rest: cron("0 9 * * *"), script: "print(2)" },
    { script: "print(3)" },
  ]);
  const crons = async () =>
    JSON.stringify(await (await callApi("GET", "/api/workers/timed/triggers")).json());
  expect(await crons()).not.toContain("* * *");
  expect((await activate("timed", 1)).status).toBe(200);
  expect(await crons()).toContain("0 7 * * *");
  expect((await activate("timed", 2)).status).toBe(200);
  expect(await crons()).toContain("0 9 * * *");
});
