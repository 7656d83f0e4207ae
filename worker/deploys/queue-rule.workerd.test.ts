import { expect, it } from "vitest";
import { runDetailSchema } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { callApi, testHost } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";

/** Pushes a version of a worker; `rest` stands below the head of worker.yml. */
async function push(name: string, rest: string, script: string): Promise<void> {
  const worker_yml = `schema_version: "0.3"\nname: ${name}\ntitle: Hello\nversion: 0.1.0\nexec: { entry: run.py }\n${rest}`;
  const isNew = (await callApi("GET", `/api/workers/${name}`)).status === 404;
  const [method, path] = isNew ? ["POST", "/api/workers"] : ["PUT", `/api/workers/${name}`];
  expect((await callApi(method ?? "", path ?? "", { json: { worker_yml, run_py: script } })).ok).toBe(true);
}

const start = async (name: string): Promise<RunDetail> =>
  runDetailSchema.parse(await (await callApi("POST", `/api/workers/${name}/runs`, { json: {} })).json());

const oneAtATime = "concurrency: { limit: 1 }\n";

it("a replay of an old version waits like everybody, and starts nobody who waits by the active version's rule", async () => {
  verifies("queue:limits:active-version");
  await push("billing", "", "print(1)");
  const old = await start("billing");
  await callApi("POST", `/api/runs/${old.id}/cancel`);
  await push("billing", oneAtATime, "print(2)");
  const runs = [await start("billing"), await start("billing")];
  const replay = await callApi("POST", `/api/runs/${old.id}/replay`, { json: {} });
  const replayed = runDetailSchema.parse(await replay.json());
  expect(replayed.version).toBe(1);
  const queue = testHost.worker(old.worker_uid).queue;
  await queue.nudge();
  expect(await queue.queueWait(runs[0]?.id ?? "")).toBeNull();
  expect((await queue.queueWait(runs[1]?.id ?? ""))?.why).toContain("1 of 1 runs are under way; it is next");
  expect((await queue.queueWait(replayed.id))?.position).toBe(2);
});

it("a rollback and a push change how many may run at once, also for those that wait already", async () => {
  verifies("queue:limits:active-version");
  await push("widening", oneAtATime, "print(1)");
  await push("widening", "concurrency: { limit: 2 }\n", "print(2)");
  expect((await callApi("POST", "/api/workers/widening/rollback/1")).status).toBe(200);
  const runs = [await start("widening"), await start("widening")];
  const queue = testHost.worker(runs[0]?.worker_uid ?? "").queue;
  expect(await queue.queueWait(runs[1]?.id ?? "")).toMatchObject({ position: 1 });
  await callApi("POST", "/api/workers/widening/versions/2/activate", { json: {} });
  const wider = [await start("widening"), await start("widening")];
  // Those of version 1 go on one at a time; beside them there is one more place for those of version 2.
  expect(await queue.queueWait(runs[1]?.id ?? "")).toMatchObject({ position: 1 });
  expect(await queue.queueWait(wider[0]?.id ?? "")).toBeNull();
  expect(await queue.queueWait(wider[1]?.id ?? "")).toMatchObject({ position: 2 });
});
