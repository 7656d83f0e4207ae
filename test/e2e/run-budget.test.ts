import { randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import { routes } from "#contract/routes";
import budgets from "../../bench/budgets.json" with { type: "json" };
import { readRunCosts } from "../support/run-ends.ts";
import { verifies } from "../verifies.ts";
import { connect, startRun, waitForEnd } from "./story.ts";

const RUNS = 5;

test.each([
  ["without an idempotency key", budgets.short_run_rows.max, () => ({})],
  ["with an idempotency key", budgets.keyed_run_rows.max, () => ({ "idempotency-key": randomUUID() })],
])("a short run %s writes at most %i rows in all", async (_kind, most, buildHeaders) => {
  verifies("run:budget:rows");
  const floom = inject("floom");
  const client = connect(floom);
  const ids: string[] = [];
  for (let run = 0; run < RUNS; run++) {
    const options = { params: { worker: "hello-worker" }, headers: buildHeaders() };
    const { id } = await client.call(routes.startRun, { ...options, json: { inputs: { name: "Ada" } } });
    expect((await waitForEnd(client, id)).status).toBe("completed");
    ids.push(id);
  }
  const costs = await readRunCosts(floom.home, ids);
  // The one in the middle: on a machine so busy that a run is no longer short, it posts its log in more parts.
  const rows = costs.map((cost) => cost.rows).toSorted((a, b) => a - b);
  expect(rows[Math.floor(RUNS / 2)]).toBeLessThanOrEqual(most);
});

test("the object of a run sleeps while its script works", async () => {
  verifies("run:budget:active");
  const floom = inject("floom");
  const client = connect(floom);
  const { id } = await startRun(client, "slow-progress", { seconds: 4 });
  const run = await waitForEnd(client, id);
  const [cost] = await readRunCosts(floom.home, [id]);
  expect(run.status).toBe("completed");
  expect(cost?.active_ms).toBeLessThan((run.usage?.wall_ms ?? 0) / 4);
});
