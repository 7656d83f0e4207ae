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
  await push(head("quiet", "{entry: run.py}"), { run_py: "print(1)" });
  await push(
    head("echo", "{mode: pipeline, inputs: [{name: n, type: json, required: true}]}") +
      "stages:\n  - {name: never, worker: quiet, when: 'false'}\nreturns: {n: inputs.n}\n",
  );
}

const pushTop = (stages: string, more = "") =>
  push(`${head("flow", "{mode: pipeline, inputs: [{name: n, type: json}]}")}stages:\n${stages}${more}`);

async function start(n: Json): Promise<string> {
  const answer = await callApi("POST", "/api/workers/flow/runs", { json: { inputs: { n } } });
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

/** Decides on the one thing that a run asks. */
async function decide(id: string, verdict: "approve" | "reject", json: object) {
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

const plannedBy = "plan:\n  planner: planner\n  workers: [echo]\n  input: {plan: inputs.n}\n";

/** One that gives the plan that it is given, and another one where it is told what is wrong with that. */
async function pushPlanner(): Promise<void> {
  const inputs = ["plan", "feedback", "previous_plan"].map((name) => `{name: ${name}, type: json}`);
  await push(
    head("planner", `{mode: pipeline, inputs: [${inputs.join(", ")}]}`) +
      "stages:\n  - {name: never, worker: quiet, when: 'false'}\n" +
      "returns:\n  plan: \"has(inputs.feedback) ? [{'name': 'other', 'worker': 'echo', 'input': {'n': '40 + 2'}}] : inputs.plan\"\n",
  );
}

const pushPlanned = (more = "") =>
  push(head("flow", "{mode: pipeline, inputs: [{name: n, type: json}]}") + plannedBy + more);

const plan = [
  { name: "one", worker: "echo", input: { n: 1 } },
  { name: "two", worker: "echo", input: { n: "one.outputs.n + 1" } },
];

it("carries a plan out that a worker has made, by the same engine", async () => {
  verifies("pipelines:plan:judged-and-carried-out");
  await pushEcho();
  await pushPlanner();
  await pushPlanned();
  const run = await ended(await start(plan));
  expect(run).toMatchObject({ status: "completed", outputs: { one: { n: 1 }, two: { n: 2 } } });
  expect(run.stages.map(({ name, status, plan: of }) => [name, status, of])).toEqual([
    ["plan", "completed", "executed"],
    ["one", "completed", null],
    ["two", "completed", null],
  ]);
  expect(run.stages.map(({ needs }) => needs)).toEqual([[], ["plan"], ["one"]]);
  expect(await childrenOf(run.id)).toBe(3);
});

it("runs nothing of a plan that breaks a rule, and says which", async () => {
  verifies("pipelines:plan:judged-and-carried-out");
  await pushEcho();
  await pushPlanner();
  await pushPlanned();
  for (const [bad, why] of [
    [[{ name: "a", worker: "quiet" }], "none of echo"],
    [[{ name: "a", worker: "echo", input: { n: "b.outputs.n" } }], "neither inputs nor a stage"],
    [[{ name: "a", worker: "echo" }], "echo needs n"],
    ["no plan at all", "no stages"],
  ] as const) {
    const run = await ended(await start(bad as unknown as Json));
    expect(run.status).toBe("failed");
    expect(run.failure?.message).toContain(why);
    expect(run.stages[0]).toMatchObject({ name: "plan", status: "failed", plan: "failed" });
    expect(await childrenOf(run.id)).toBe(1);
  }
});

it("shows a plan to a person first, carries out what they make of it, and asks for another one when it is rejected", async () => {
  verifies("pipelines:plan:approved-and-revised");
  await pushEcho();
  await pushPlanner();
  await pushPlanned("  approval: {label: This plan?}\n  revisions: 1\n");
  const edited = await start(plan);
  const changes = { edited_output: { plan: [{ name: "mine", worker: "echo", input: { n: 5 } }] } };
  expect(await decide(edited, "approve", changes)).toMatchObject({ label: "This plan?" });
  expect((await ended(edited)).outputs).toMatchObject({ mine: { n: 5 } });
  const rejected = await start(plan);
  await decide(rejected, "reject", { reason: "something else" });
  await decide(rejected, "approve", {});
  const run = await ended(rejected);
  expect(run.outputs).toMatchObject({ other: { n: 42 } });
  expect(run.outputs).not.toHaveProperty("one");
  expect(run.stages.map(({ name, plan: of }) => [name, of])).toEqual([
    ["plan", "failed"],
    ["plan_2", "executed"],
    ["other", null],
  ]);
  expect(run.stages[0]?.error).toContain("something else");
});

it("goes on from a stage of a plan: what was planned and done before it is taken over, and the planner is not asked again", async () => {
  verifies("pipelines:plan:resumed-and-remembered");
  await pushEcho();
  await pushPlanner();
  await pushPlanned();
  const three = { name: "three", worker: "echo", input: { n: "two.outputs.n * 10" } };
  const first = await ended(await start([...plan, three]));
  const resume = async (json: object) => callApi("POST", `/api/runs/${first.id}/replay`, { json });
  const answer = await resume({ from_stage: "two", stage_inputs: { n: 7 } });
  const again = await ended(runDetailSchema.parse(await answer.json()).id);
  expect(again).toMatchObject({
    status: "completed",
    outputs: { one: { n: 1 }, two: { n: 7 }, three: { n: 70 } },
  });
  const idsOf = (run: RunDetail) => run.stages.slice(0, 2).map(({ run_id }) => run_id);
  expect(idsOf(again)).toEqual(idsOf(first));
  expect(again.stages[0]?.plan).toBe("executed");
  expect(await childrenOf(again.id)).toBe(2);
  const refused = await resume({ from_stage: "four" });
  expect(await refused.json()).toMatchObject({
    code: "stage_unknown",
    detail: expect.stringContaining("two"),
  });
});

it("goes on with a plan that a person edits again, without what that changed", async () => {
  verifies("pipelines:plan:resumed-and-remembered");
  await pushEcho();
  await pushPlanner();
  await pushPlanned("  approval: true\n");
  const first = await start(plan);
  await decide(first, "approve", {});
  await ended(first);
  const answer = await callApi("POST", `/api/runs/${first}/replay`, { json: { from_stage: "two" } });
  const { id } = runDetailSchema.parse(await answer.json());
  // It is another run: people are asked about the plan once more.
  const changed = [{ ...plan[0], input: { n: 5 } }, plan[1]];
  await decide(id, "approve", { edited_output: { plan: changed } });
  expect((await ended(id)).outputs).toMatchObject({ one: { n: 5 }, two: { n: 6 } });
  expect(await childrenOf(id)).toBe(2);
});

it("a later attempt carries on with the plan that people have approved, and asks nobody again", async () => {
  verifies("pipelines:plan:resumed-and-remembered");
  await pushEcho();
  await pushPlanner();
  const listed = "{mode: pipeline, inputs: [{name: n, type: json, required: true}]}";
  await push(`${head("breaks", listed)}stages:\n  - {name: x, worker: quiet, for_each: inputs.n}\n`);
  await push(
    head("flow", "{mode: pipeline, inputs: [{name: n, type: json}]}") +
      "plan: {planner: planner, workers: [echo, breaks], input: {plan: inputs.n}, approval: true}\n" +
      "retry: {max_attempts: 2, delay_seconds: 0, on: [stage_failed]}\n",
  );
  const id = await start([...plan, { name: "broken", worker: "breaks", input: { n: "two.outputs.n" } }]);
  await decide(id, "approve", {
    edited_output: {
      plan: [
        { ...plan[0], input: { n: 4 } },
        plan[1],
        { name: "broken", worker: "breaks", input: { n: "two.outputs.n" } },
      ],
    },
  });
  const run = await ended(id);
  expect(run).toMatchObject({ status: "failed", attempt: 2, outputs: { one: { n: 4 }, two: { n: 5 } } });
  const page = await (await callApi("GET", "/api/approvals")).json();
  expect(approvalPageSchema.parse(page).approvals.filter(({ run_id }) => run_id === id)).toHaveLength(1);
});
