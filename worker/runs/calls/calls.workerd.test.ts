import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { calledRunSchema } from "#contract/calls/call";
import { problemSchema } from "#contract/problem";
import { runDetailSchema, runSummarySchema } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import * as z from "zod";
import { callApi, seedWorker, runTokenOf } from "../../../test/support/workerd/api-harness.ts";
import {
  buildTestSpec,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { describeCaller } from "../engine/describe-caller.ts";
import { acceptRun } from "../lifecycle/lifecycle.ts";

beforeEach(async () => {
  await seedWorker("top", { calls: ["middle", "leaf", "top"] });
  await seedWorker("middle", { calls: ["leaf", "top"] });
  await seedWorker("leaf", {
    inputs: [{ name: "n", kind: "scalar", type: "integer", label: "N", required: true }],
  });
});

async function startTop(): Promise<RunDetail> {
  return runDetailSchema.parse(await (await callApi("POST", "/api/workers/top/runs", { json: {} })).json());
}

/** A call as the script of `runId` makes it, with its run token. */
async function call(runId: string, json: unknown): Promise<Response> {
  const token = await runTokenOf(runId);
  return callApi("POST", `/api/runs/${runId}/calls`, { json, token });
}

async function refusalOf(response: Response): Promise<string> {
  return problemSchema.parse(await response.json()).code;
}

const readRun = async (id: string) =>
  runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());

it("a child is linked to its caller, and the caller lists it", async () => {
  verifies("calls:lineage:linked", "calls:deadline:inherited");
  const top = await startTop();
  const middle = calledRunSchema.parse(await (await call(top.id, { worker: "middle", key: "m" })).json());
  const leaf = calledRunSchema.parse(
    await (await call(middle.run_id, { worker: "leaf", key: "l", inputs: { n: 1 } })).json(),
  );
  expect(await readRun(leaf.run_id)).toMatchObject({
    parent_run_id: middle.run_id,
    root_run_id: top.id,
    depth: 2,
    trigger_source: "worker_call",
  });
  expect(await readRun(top.id)).toMatchObject({ parent_run_id: null, root_run_id: top.id, depth: 0 });
  await expect
    .poll(async () => {
      const children = await callApi("GET", `/api/runs/${top.id}/children`);
      return z
        .array(runSummarySchema)
        .parse(await children.json())
        .map(({ id }) => id);
    })
    .toEqual([middle.run_id]);
});

it("the same key finds the same child, also at once, and another request under it is refused", async () => {
  verifies("calls:key:same-child");
  const top = await startTop();
  const same = { worker: "leaf", key: "once", inputs: { n: 1 } };
  const answers = await Promise.all([1, 2, 3].map(async () => (await call(top.id, same)).json()));
  expect(new Set(answers.map((answer) => calledRunSchema.parse(answer).run_id)).size).toBe(1);
  expect(await refusalOf(await call(top.id, { ...same, inputs: { n: 2 } }))).toBe("idempotency_conflict");
});

it("a call that a busy worker skips stays refused, and shows its caller nobody else's run", async () => {
  await env.DB.prepare(
    `UPDATE versions SET manifest = json_set(manifest, '$.concurrency', json('{"limit":1,"on_conflict":"skip"}'))
     WHERE worker_id IN (SELECT id FROM workers WHERE name = 'leaf')`,
  ).run();
  const json = { inputs: { n: 7 } };
  const busy = await callApi("POST", "/api/workers/leaf/runs", { json });
  const { id } = runDetailSchema.parse(await busy.json());
  const top = await startTop();
  for (const _again of [1, 2]) {
    expect(await refusalOf(await call(top.id, { worker: "leaf", key: "l", inputs: { n: 1 } }))).toBe(
      "call_refused",
    );
  }
  expect((await readRun(id)).status).not.toBe("cancelled");
});

it("what is not listed, not there, or not valid is refused, and so is a circle", async () => {
  verifies("calls:allowed:only-listed", "calls:limits:depth-cycle-fan-out");
  const top = await startTop();
  expect(await refusalOf(await call(top.id, { worker: "other", key: "k" }))).toBe("call_refused");
  expect(await refusalOf(await call(top.id, { worker: "leaf", key: "k" }))).toBe("invalid_inputs");
  expect(await refusalOf(await call(top.id, { worker: "top", key: "k" }))).toBe("call_refused");
  const middle = calledRunSchema.parse(await (await call(top.id, { worker: "middle", key: "m" })).json());
  expect(await refusalOf(await call(middle.run_id, { worker: "top", key: "k" }))).toBe("call_refused");
});

it("a private worker is called by private workers of its maker, and is missing to every other", async () => {
  verifies("access:visibility:private-worker-hidden");
  const hide = (names: string[], maker: string) =>
    env.DB.prepare(
      "UPDATE workers SET visibility = 'private', made_by = ? WHERE name IN (SELECT value FROM json_each(?))",
    )
      .bind(maker, JSON.stringify(names))
      .run();
  const top = await startTop();
  await hide(["leaf"], "usr_ada");
  const byStranger = await call(top.id, { worker: "leaf", key: "l", inputs: { n: 1 } });
  expect([byStranger.status, await refusalOf(byStranger)]).toEqual([404, "not_found"]);
  await hide(["top"], "usr_bob");
  expect((await call(top.id, { worker: "leaf", key: "l", inputs: { n: 1 } })).status).toBe(404);
  await hide(["top"], "usr_ada");
  expect((await call(top.id, { worker: "leaf", key: "l", inputs: { n: 1 } })).status).toBeLessThan(300);
});

it("a run makes at most fifty calls", async () => {
  verifies("calls:limits:depth-cycle-fan-out");
  const top = await startTop();
  for (let n = 0; n < 50; n++)
    expect((await call(top.id, { worker: "leaf", key: `k${n}`, inputs: { n } })).status).toBe(202);

  expect(await refusalOf(await call(top.id, { worker: "leaf", key: "k50", inputs: { n: 50 } }))).toBe(
    "call_refused",
  );
  expect((await call(top.id, { worker: "leaf", key: "k7", inputs: { n: 7 } })).status).toBe(202);
});

it("cancelling the caller cancels its children, and an ended run calls nobody", async () => {
  verifies("calls:cancel:reaches-children");
  const top = await startTop();
  const leaf = calledRunSchema.parse(
    await (await call(top.id, { worker: "leaf", key: "l", inputs: { n: 1 } })).json(),
  );
  await callApi("POST", `/api/runs/${top.id}/cancel`);
  await expect.poll(async () => (await readRun(leaf.run_id)).status).toBe("cancelled");
  expect(await refusalOf(await call(top.id, { worker: "leaf", key: "late", inputs: { n: 1 } }))).toBe(
    "run_finished",
  );
});

it("the script of another attempt calls nobody and reads nothing", async () => {
  verifies("access:run-token:one-attempt");
  const top = await startTop();
  const request = { worker: "leaf", key: "l", inputs: { n: 1 } };
  const leaf = calledRunSchema.parse(await (await call(top.id, request)).json());
  const token = await runTokenOf(top.id, 2);
  const path = `/api/runs/${top.id}/calls`;
  expect(await refusalOf(await callApi("POST", path, { json: request, token }))).toBe("run_finished");
  expect(await refusalOf(await callApi("GET", `${path}/${leaf.run_id}`, { token }))).toBe("run_finished");
});

it("a child is read by its caller alone", async () => {
  const [top, other] = [await startTop(), await startTop()];
  const leaf = calledRunSchema.parse(
    await (await call(top.id, { worker: "leaf", key: "l", inputs: { n: 1 } })).json(),
  );
  const read = async (runId: string) => {
    const token = await runTokenOf(runId);
    return (await callApi("GET", `/api/runs/${runId}/calls/${leaf.run_id}`, { token })).status;
  };
  expect([await read(top.id), await read(other.id)]).toEqual([200, 404]);
});

it("a dry replay is answered from the record, and makes no call of its own", async () => {
  verifies("replay:dry:nothing-leaves");
  const top = await startTop();
  const known = { worker: "leaf", key: "l", inputs: { n: 1 } };
  const leaf = calledRunSchema.parse(await (await call(top.id, known)).json());
  await callApi("POST", `/api/runs/${top.id}/cancel`);
  const replayed = await callApi("POST", `/api/runs/${top.id}/replay`, { json: { dry: true } });
  const dry = runDetailSchema.parse(await replayed.json());
  expect(dry.dry).toBe(true);
  expect(calledRunSchema.parse(await (await call(dry.id, known)).json()).run_id).toBe(leaf.run_id);
  expect(await refusalOf(await call(dry.id, { ...known, key: "new" }))).toBe("call_refused");
});

it("what is left to a caller is the time its script has from its start", () => {
  verifies("calls:deadline:inherited");
  const parent = buildTestSpec({ timeout_seconds: 60, install_timeout_seconds: 40, calls: ["leaf"] });
  const { state } = acceptRun(true, start);
  const running = { ...state, phase: "running" as const, phase_since: start };
  const caller = describeCaller({ spec: parent, state: running }, { isHeard: true, now: start });
  expect(caller.deadline_at).toBe(start + 100_000);
});

it("a caller that failed has its children cancelled, and one that completed lets them go on", async () => {
  verifies("calls:cancel:reaches-children");
  for (const [outcome, cancelled] of [
    ["failure", ["run_child"]],
    ["success", []],
  ] as const) {
    await withEngine(async (harness) => {
      harness.calls.push("run_child");
      await harness.engine.accept(buildTestSpec(), true);
      const failure = { outcome, error_code: "execution_error", error: "It broke." };
      await harness.post([resultEntry(outcome === "failure" ? failure : {})]);
      expect(harness.cancelled).toEqual(cancelled);
    });
  }
});

it("a call names the action of a worker that has several, and the same key is no call of another one", async () => {
  verifies("calls:action:named");
  const code = "def add(a: int) -> int: ...\n\ndef less(a: int) -> int: ...\n";
  await callApi("POST", "/api/deploy", { json: { name: "middle", code } });
  const top = await startTop();
  const order = { worker: "middle", key: "a", inputs: { a: 1 } };
  expect(await refusalOf(await call(top.id, order))).toBe("action_required");
  expect(await refusalOf(await call(top.id, { ...order, action: "more" }))).toBe("unknown_action");
  const child = calledRunSchema.parse(await (await call(top.id, { ...order, action: "less" })).json());
  expect(await readRun(child.run_id)).toMatchObject({ action: "less", inputs: { a: 1 } });
  expect(await refusalOf(await call(top.id, { ...order, action: "add" }))).toBe("idempotency_conflict");
});
