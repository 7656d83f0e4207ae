import { env, runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, expect, it } from "vitest";
import { calledRunSchema } from "#contract/calls/call";
import { runDetailSchema, runSummarySchema } from "#contract/runs/run";
import * as z from "zod";
import { callApi, runTokenOf, seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { resultEntry } from "../../../test/support/workerd/engine-harness.ts";
import { toJournal } from "../../../test/support/workerd/fake-driver.ts";
import { runStubOf } from "../../../test/support/workerd/housekeeping.ts";
import { verifies } from "../../../test/verifies.ts";

beforeEach(async () => {
  await seedWorker("top", { calls: ["leaf"] });
  await seedWorker("leaf", {
    inputs: [{ name: "n", kind: "scalar", type: "integer", label: "N", required: true }],
  });
  await env.DB.prepare(
    `UPDATE versions SET manifest = json_set(manifest, '$.retry',
       json('{"max_attempts":3,"delay_seconds":0,"backoff":"fixed","on":["all"]}'))
     WHERE worker_id IN (SELECT id FROM workers WHERE name = 'top')`,
  ).run();
});

const request = { worker: "leaf", key: "k", inputs: { n: 1 } };

async function startTop(): Promise<string> {
  const answer = await callApi("POST", "/api/workers/top/runs", { json: {} });
  return runDetailSchema.parse(await answer.json()).id;
}

const readRun = async (id: string) =>
  runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());

/** The id of the child that the script of an attempt gets for its call. */
async function childOf(runId: string, attempt: number, call = request): Promise<string> {
  const token = await runTokenOf(runId, attempt);
  const answer = await callApi("POST", `/api/runs/${runId}/calls`, { json: call, token });
  expect(answer.status).toBe(202);
  return calledRunSchema.parse(await answer.json()).run_id;
}

/** Ends an attempt as its runner does. */
async function end(runId: string, attempt: number, outcome: "success" | "failure"): Promise<void> {
  const result = outcome === "success" ? {} : { outcome, error_code: "execution_error", error: "It broke." };
  const where = `/api/runs/${runId}/runner/journal?attempt=${attempt}&offset=0`;
  const posted = await callApi("POST", where, {
    token: await runTokenOf(runId, attempt),
    headers: { "content-type": "application/x-ndjson" },
    body: toJournal([resultEntry(result)]) as BodyInit,
  });
  expect(posted.status).toBe(200);
}

async function endChild(runId: string, outcome: "success" | "failure"): Promise<void> {
  await end(runId, 1, outcome);
  await expect
    .poll(async () => (await readRun(runId)).status)
    .toBe(outcome === "success" ? "completed" : "failed");
}

/** Lets the attempt fail, and its run begin the next one. */
async function failAttempt(runId: string, attempt: number): Promise<void> {
  await end(runId, attempt, "failure");
  await expect
    .poll(async () => {
      await runDurableObjectAlarm(runStubOf(runId));
      return (await readRun(runId)).attempt;
    })
    .toBe(attempt + 1);
}

it("a retry of a run starts the child anew that had failed, once for each attempt", async () => {
  verifies("calls:key:same-child", "calls:retry:failed-child-anew");
  const top = await startTop();
  const first = await childOf(top, 1);
  await endChild(first, "failure");
  expect(await childOf(top, 1)).toBe(first);
  await failAttempt(top, 1);
  const [second, ...repeats] = await Promise.all([1, 2, 3].map(() => childOf(top, 2)));
  expect(second).not.toBe(first);
  expect(new Set([second, ...repeats]).size).toBe(1);
  if (second === undefined) throw new Error("The call was not answered.");
  await endChild(second, "failure");
  expect(await childOf(top, 2)).toBe(second);
  await failAttempt(top, 2);
  const third = await childOf(top, 3);
  expect([first, second]).not.toContain(third);
  await endChild(third, "success");
  expect(await childOf(top, 3)).toBe(third);
  await expect
    .poll(async () => {
      const children = await callApi("GET", `/api/runs/${top}/children`);
      return z
        .array(runSummarySchema)
        .parse(await children.json())
        .map(({ id, status }) => [id, status]);
    })
    .toEqual(
      expect.arrayContaining([
        [first, "failed"],
        [second, "failed"],
        [third, "completed"],
      ]),
    );
});

it("a retry of a run uses the child that has completed, and waits for one that is under way", async () => {
  verifies("calls:key:same-child", "calls:retry:failed-child-anew");
  const top = await startTop();
  const done = await childOf(top, 1);
  const underWay = await childOf(top, 1, { ...request, key: "slow" });
  await endChild(done, "success");
  await failAttempt(top, 1);
  expect(await childOf(top, 2)).toBe(done);
  expect(await childOf(top, 2, { ...request, key: "slow" })).toBe(underWay);
});

it("a key cannot be used for another call by a retry either, and the child that is started anew takes no further call", async () => {
  verifies("calls:limits:depth-cycle-fan-out", "calls:retry:failed-child-anew");
  const top = await startTop();
  const first = await childOf(top, 1);
  for (let n = 2; n <= 50; n++) await childOf(top, 1, { ...request, key: `k${n}` });
  await endChild(first, "failure");
  await failAttempt(top, 1);
  const token = await runTokenOf(top, 2);
  const other = { ...request, inputs: { n: 2 } };
  expect((await callApi("POST", `/api/runs/${top}/calls`, { json: other, token })).status).toBe(409);
  expect(await childOf(top, 2)).not.toBe(first);
});
