import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { createRandom } from "../../test/support/random.ts";
import { overTables } from "../../test/support/workerd/stored-tables.ts";
import { verifies } from "../../test/verifies.ts";
import type { WorkerObject } from "../objects/worker-object.ts";
import { CallRates } from "./call-rates.ts";

const openWorker = () =>
  env.WORKER_OBJECT.get(env.WORKER_OBJECT.newUniqueId()) as unknown as DurableObjectStub<WorkerObject>;

it("of many runs that call at once, as many are let through as the tool allows, for each tool by itself", async () => {
  verifies("gate:rates:over-all-runs");
  const worker = openWorker();
  const ask = (tool: string) => worker.takeCall({ tool, limit: 5, isAsked: false });
  const verdicts = await Promise.all(Array.from({ length: 20 }, () => ask("pay")));
  expect(verdicts.filter(({ kind }) => kind === "taken")).toHaveLength(5);
  expect(await ask("refund")).toEqual({ kind: "taken" });
});

it("a call that people are asked about first is judged and not counted", async () => {
  const worker = openWorker();
  for (let asked = 0; asked < 3; asked += 1)
    expect(await worker.takeCall({ tool: "pay", limit: 1, isAsked: true })).toEqual({ kind: "taken" });
  await worker.takeCall({ tool: "pay", limit: 1, isAsked: false });
  expect(await worker.takeCall({ tool: "pay", limit: 1, isAsked: true })).toMatchObject({
    kind: "later",
    count: 2,
  });
});

it("a worker none of whose tools says how often it may be called has not even a table for that", async () => {
  await runInDurableObject(openWorker(), (_object, { storage }) => {
    expect(storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'call_seconds'").toArray()).toEqual(
      [],
    );
  });
});

it("in no minute more calls are let through than the limit, what is refused is let through when it was said, and few rows stay", async () => {
  await overTables([], (tools) => {
    const random = createRandom(7);
    let now = 1_000_000_000_000;
    const rates = new CallRates({ ...tools, clock: () => now });
    const sent: number[] = [];
    for (let step = 0; step < 3000; step += 1) {
      const verdict = rates.take({ tool: "pay", limit: 40, isAsked: false });
      if (verdict.kind === "taken") sent.push(now);
      expect(sent.filter((at) => at > now - 60_000).length).toBeLessThanOrEqual(40);
      now = verdict.kind === "later" ? verdict.retry_at : now + random.below(3000);
      if (verdict.kind === "later")
        expect(rates.take({ tool: "pay", limit: 40, isAsked: true })).toEqual({ kind: "taken" });
    }
    const { count } = tools.sql.exec<{ count: number }>("SELECT COUNT(*) AS count FROM call_seconds").one();
    expect(count).toBeLessThanOrEqual(62);
  });
});
