import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, inject, test } from "vitest";
import { ApiProblem } from "#contract/client";
import { routes } from "#contract/routes";
import type { EvaluationDetail } from "#contract/evaluations/evaluation";
import { verifies } from "../verifies.ts";
import { connect } from "./run-example.ts";

const client = connect(inject("floom"));
const DIR = resolve(import.meta.dirname, "../../workers-examples/ticket-router");
const NAME = "gated-router";
const params = { worker: NAME };

/** The files of the example under a name of the test's own, with some of them changed. */
async function readFiles(change: (script: string) => string = (script) => script) {
  const names = ["worker.yml", "run.py", "evals/routing.yml", "evals/tone.yml", "evals/scripted-judge.json"];
  const files = await Promise.all(
    names.map(async (path) => {
      const text = await readFile(join(DIR, path), "utf8");
      const named = path === "worker.yml" ? text.replace("name: ticket-router", `name: ${NAME}`) : text;
      return { path, content: path === "run.py" ? change(named) : named };
    }),
  );
  return files;
}

async function waitForEnd(evaluation: string): Promise<EvaluationDetail> {
  let seen = await client.call(routes.getEvaluation, { params: { worker: NAME, evaluation } });
  await expect
    .poll(
      async () => {
        seen = await client.call(routes.getEvaluation, { params: { worker: NAME, evaluation } });
        return seen.status;
      },
      { timeout: 120_000, interval: 500 },
    )
    .not.toBe("running");
  return seen;
}

async function newest(version: number) {
  const { evaluations } = await client.call(routes.listEvaluations, { params });
  const found = evaluations.find((one) => one.version === version);
  if (found === undefined) throw new Error(`No evaluation of version ${version}.`);
  return waitForEnd(found.id);
}

async function push(change?: (script: string) => string) {
  const files = await readFiles(change);
  return client.call(routes.replaceWorkerFiles, { params, json: { files } });
}

test(
  "the gate lets a version in that is as good as its baseline, and names what got worse of one that is not",
  { timeout: 300_000 },
  async () => {
    verifies("evals:gate:refuses-worse");
    verifies("evals:run:samples-are-runs");
    const made = await client.call(routes.createWorker, { json: { files: await readFiles() } });
    expect(made.version).toMatchObject({ number: 1, active: true });
    verifies("evals:test:one-input");
    const tried = await client.call(routes.testWorker, {
      params,
      query: { wait: 60 },
      json: { inputs: { ticket: "I was charged twice." }, expected: { team: "billing" }, key: "one" },
    });
    expect(tried).toMatchObject({ verdict: "pass", reasons: [], outputs: { team: "billing" } });
    const begun = await client.call(routes.startEvaluation, { params, json: { key: "first" } });
    const again = await client.call(routes.startEvaluation, { params, json: { key: "first" } });
    expect(again.id).toBe(begun.id);
    const first = await waitForEnd(begun.id);
    expect(first).toMatchObject({ verdict: "pass", reasons: [], runs: 5, runs_done: 5, pass_rate: 1 });
    expect(first.is_baseline).toBe(true);
    const sample = first.cases[0]?.samples[0];
    const run = await client.call(routes.getRun, { params: { run: sample?.run_id ?? "" } });
    expect(run).toMatchObject({ trigger_source: "evaluation", trigger_ref: first.id, version: 1 });
    expect(first.cases.find(({ name }) => name === "tone/a calm reply")?.samples[0]?.scores).toMatchObject([
      { scorer: "judge", score: 0.9, passed: true },
    ]);

    const worse = await push((script) => script.replace('"down", ', ""));
    expect(worse.version).toMatchObject({ number: 2, active: false });
    expect(worse.warnings.map(({ code }) => code)).toContain("waits_for_evaluation");
    const second = await newest(2);
    expect(second.verdict).toBe("fail");
    const held = await client.call(routes.getVersion, { params: { ...params, version: "2" } });
    expect(held.not_activated).toContain("routing/site is down");
    const compared = await client.call(routes.compareEvaluations, {
      params: { ...params, evaluation: second.id },
      query: {},
    });
    expect(
      compared.cases.filter(({ change }) => change === "worse").map(({ name, lost }) => [name, lost]),
    ).toEqual([["routing/site is down", true]]);
    const refused = await client
      .call(routes.activateVersion, { params: { ...params, version: "2" }, json: {} })
      .catch((error: unknown) => error);
    if (!(refused instanceof ApiProblem)) throw new Error("Version 2 was let in.");
    expect(refused.problem).toMatchObject({ code: "activation_refused", status: 409 });
    expect(refused.problem.detail).toContain("routing/site is down");

    const better = await push((script) => script.replace('"down", ', '"down", "offline", '));
    expect(better.version).toMatchObject({ number: 3, active: false });
    expect((await newest(3)).verdict).toBe("pass");
    await expect.poll(async () => (await client.call(routes.getWorker, { params })).version).toBe(3);
    const passed = await newest(3);
    expect(passed.activation).toEqual({ outcome: "activated", reason: null });
    const duel = await client.call(routes.holdTournament, {
      params,
      json: { evaluations: [first.id, second.id] },
    });
    expect(duel.ranking.map(({ version }) => version)).toEqual([1, 2]);
    const forced = await client.call(routes.activateVersion, {
      params: { ...params, version: "2" },
      json: { force: ["evals"] },
    });
    expect(forced).toMatchObject({ changed: true, previous: 3 });
  },
);

test("what is wrong in evals/ is told at push", async () => {
  verifies("evals:files:judged-at-push");
  const files = [
    ...(await readFiles()).filter(({ path }) => !path.startsWith("evals/")),
    { path: "evals/wrong.yml", content: "cases:\n  - name: one\n    expectd: {}\n" },
  ];
  const refused = await client
    .call(routes.createWorker, { json: { files } })
    .catch((error: unknown) => error);
  if (!(refused instanceof ApiProblem)) throw new Error("It was taken.");
  expect(refused.problem.errors?.[0]).toMatchObject({ file: "evals/wrong.yml", line: 3 });
});
