import { expect, it } from "vitest";
import * as z from "zod";
import { approvalPageSchema } from "#contract/approvals/approval";
import type { Approval } from "#contract/approvals/approval";
import type { Json } from "#contract/json";
import { runDetailSchema, runSummarySchema } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { callApi } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";

const head = (name: string, exec: string) =>
  `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: 0.1.0\nexec: ${exec}\n`;

async function push(worker_yml: string, more: object = {}): Promise<void> {
  const answer = await callApi("POST", "/api/workers", { json: { worker_yml, ...more } });
  expect(answer.status, await answer.clone().text()).toBe(201);
}

/** A worker that needs no sandbox: a pipeline of which no stage runs, and which gives what it gets. */
async function pushEcho(): Promise<void> {
  await push(head("leaf", "{entry: run.py}"), { run_py: "print(1)" });
  await push(
    head("echo", "{mode: pipeline, inputs: [{name: n, type: json, required: true}]}") +
      "stages:\n  - {name: never, worker: leaf, when: 'false'}\nreturns: {n: inputs.n}\n",
  );
}

const pushTop = (stages: string, more = "") =>
  push(`${head("top", "{mode: pipeline, inputs: [{name: n, type: json}]}")}stages:\n${stages}${more}`);

async function start(n: Json): Promise<string> {
  const answer = await callApi("POST", "/api/workers/top/runs", { json: { inputs: { n } } });
  return runDetailSchema.parse(await answer.json()).id;
}

const readRun = async (id: string) =>
  runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());

async function ended(id: string): Promise<RunDetail> {
  await expect
    .poll(async () => ["completed", "failed"].includes((await readRun(id)).status), { timeout: 20_000 })
    .toBe(true);
  return readRun(id);
}

async function childrenOf(id: string): Promise<number> {
  const answer = await callApi("GET", `/api/runs/${id}/children`);
  return z.array(runSummarySchema).parse(await answer.json()).length;
}

it("hands on what runs of other workers give, stage after stage", async () => {
  await pushEcho();
  const names = Array.from({ length: 6 }, (_, at) => at);
  const stages = names.map(
    (at) =>
      `  - {name: s${at}, worker: echo, input: {n: ${at === 0 ? "inputs.n" : `s${at - 1}.outputs.n + 1`}}}\n`,
  );
  await pushTop(stages.join(""), "returns: {n: s5.outputs.n}\n");
  const run = await ended(await start(1));
  expect(run).toMatchObject({ status: "completed", outputs: { n: 6 } });
  expect(run.stages.map(({ status }) => status)).toEqual(names.map(() => "completed"));
});

it("a stage that asks is shown with its inputs, runs with what a person makes of them, and not at all when rejected", async () => {
  verifies("pipelines:approval:one-stage");
  await pushEcho();
  await pushTop(
    "  - {name: a, worker: echo, input: {n: inputs.n}}\n" +
      "  - {name: b, worker: echo, input: {n: a.outputs.n}, approval: {label: Really?}}\n",
  );
  const decide = async (id: string, verdict: "approve" | "reject", json: object) => {
    let open: Approval[] = [];
    await expect
      .poll(
        async () => {
          const page = await (await callApi("GET", "/api/approvals?status=pending")).json();
          open = approvalPageSchema.parse(page).approvals.filter(({ run_id }) => run_id === id);
          return open.length;
        },
        { timeout: 20_000 },
      )
      .toBe(1);
    const answer = await callApi("POST", `/api/approvals/${open[0]?.id}/${verdict}`, { json });
    expect(answer.status, await answer.clone().text()).toBe(200);
    return open[0];
  };
  const first = await start(1);
  expect(await decide(first, "approve", { edited_output: { n: 5 } })).toMatchObject({
    label: "Really?",
  });
  expect((await ended(first)).outputs).toMatchObject({ a: { n: 1 }, b: { n: 5 } });
  const second = await start(2);
  await decide(second, "reject", { reason: "no" });
  const rejected = await ended(second);
  expect(rejected).toMatchObject({ status: "failed", outputs: { a: { n: 2 } } });
  expect(rejected.failure?.message).toContain("They say: no");
  expect(await childrenOf(second)).toBe(1);
});

it("goes on from a stage with other inputs for it, and takes a cached run in place of one with the same inputs", async () => {
  verifies("pipelines:resume:edited-stage", "pipelines:cache:same-inputs");
  await pushEcho();
  await pushTop(
    "  - {name: a, worker: echo, input: {n: inputs.n}, cache: {ttl: 1h}}\n" +
      "  - {name: b, worker: echo, input: {n: a.outputs.n}}\n" +
      "  - {name: c, worker: echo, input: {n: b.outputs.n + 1}}\n",
  );
  const first = await ended(await start(1));
  const resume = async (json: object) => {
    const answer = await callApi("POST", `/api/runs/${first.id}/replay`, { json });
    return ended(runDetailSchema.parse(await answer.json()).id);
  };
  const edited = await resume({ from_stage: "b", stage_inputs: { n: 7 } });
  expect(edited.outputs).toMatchObject({ a: { n: 1 }, b: { n: 7 }, c: { n: 8 } });
  expect(edited.stages[0]?.run_id).toBe(first.stages[0]?.run_id);
  expect(await childrenOf(edited.id)).toBe(2);
  const refused = await callApi("POST", `/api/runs/${first.id}/replay`, { json: { stage_inputs: { n: 7 } } });
  expect(refused.status).toBe(422);
  const again = await ended(await start(1));
  expect(again.stages[0]?.run_id).toBe(first.stages[0]?.run_id);
  expect(again.stages[1]?.run_id).not.toBe(first.stages[1]?.run_id);
  const other = await ended(await start(2));
  expect(other.stages[0]?.run_id).not.toBe(first.stages[0]?.run_id);
});
