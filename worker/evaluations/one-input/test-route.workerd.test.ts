import { expect, it } from "vitest";
import { testReportSchema } from "#contract/evaluations/worker-test";
import { pushResultSchema } from "#contract/workers/worker";
import { callApi } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";

const yaml = (name: string) => `schema_version: "0.3"
name: ${name}
title: Tried
version: 0.1.0
exec:
  entry: run.py
  inputs: [{name: ticket, type: text, label: Ticket, required: true}]
`;

async function put(name: string, script: string, query = "") {
  const json = { worker_yml: yaml(name), run_py: script };
  const answer = await callApi("PUT", `/api/workers/${name}${query}`, { json });
  return pushResultSchema.parse(await answer.json());
}

const make = (name: string) =>
  callApi("POST", "/api/workers", { json: { worker_yml: yaml(name), run_py: "print(1)\n" } });

async function test(name: string, json: object) {
  const answer = await callApi("POST", `/api/workers/${name}/test`, { json });
  return testReportSchema.parse(await answer.json());
}

it("a version that is stored and not activated is tested, and the active one stays", async () => {
  verifies("evals:test:inactive-version");
  await make("tried");
  const stored = await put("tried", "print(2)\n", "?activate=false");
  expect(stored).toMatchObject({
    version: { number: 2, active: false },
    worker: { version: 1 },
    changed: true,
  });
  expect(await put("tried", "print(2)\n", "?activate=false")).toMatchObject({
    version: { number: 2, active: false },
    changed: false,
  });
  const wish = { version: 2, inputs: { ticket: "late" }, key: "k" };
  const begun = await test("tried", wish);
  expect(begun).toMatchObject({ version: 2, worker: "tried" });
  expect(begun.run_id).not.toBeNull();
  expect((await test("tried", wish)).run_id).toBe(begun.run_id);
  // The same key of another version is another test.
  expect((await test("tried", { ...wish, version: 1 })).run_id).not.toBe(begun.run_id);
  // Whoever pushes it for good has it active.
  expect(await put("tried", "print(2)\n")).toMatchObject({ version: { active: true } });
});

it("inputs that the version refuses are a report with their pointers, and nothing runs", async () => {
  verifies("evals:test:one-input");
  await make("refusing");
  expect(await test("refusing", { inputs: { tickt: "x" } })).toMatchObject({
    verdict: "fail",
    run_id: null,
    input_errors: [{ pointer: "/inputs/tickt" }, { pointer: "/inputs/ticket" }],
  });
  const runs = await (await callApi("GET", "/api/runs?worker_id=refusing")).json();
  expect(runs).toMatchObject({ runs: [] });
});

it("what is no version, or no test, is refused as everywhere", async () => {
  await make("plain");
  const post = async (json: object) => (await callApi("POST", "/api/workers/plain/test", { json })).status;
  expect(await post({ version: 9, inputs: { ticket: "x" } })).toBe(404);
  expect(await post({ inputs: { ticket: "x" }, scorers: [{ type: "judge", rubric: "good" }] })).toBe(422);
  expect((await callApi("POST", "/api/workers/nobody/test", { json: {} })).status).toBe(404);
});
