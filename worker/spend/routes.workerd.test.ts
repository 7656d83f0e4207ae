import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { accountSpendSchema, workspaceSpendSchema } from "#contract/spend/spend";
import { callApi, ownerWorkspace, seedWorker } from "../../test/support/workerd/api-harness.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { personId, seedMember } from "../../test/support/workerd/people.ts";
import { verifies } from "../../test/verifies.ts";

const DAY_MS = 86_400_000;
const NANO_USD = 1_000_000_000;
const today = () => Math.floor(Date.now() / DAY_MS);

async function spend(worker: string, of: { usd: number; userId?: string; day?: number }): Promise<void> {
  const { usd, userId = "", day = today() } = of;
  await env.DB.prepare("INSERT INTO spend VALUES (?, ?, ?, ?, 1, ?, 0)")
    .bind(ownerWorkspace, day, worker, userId, usd * NANO_USD)
    .run();
}

const priced = { FLOOM_USD_PER_VCPU_SECOND: "0.1" as never, FLOOM_USD_PER_GIB_SECOND: "0" as never };

it("a run is refused where a cap is reached, with the time until its day is over, and goes on once the cap is raised", async () => {
  verifies("spend:caps:at-admission");
  const worker = await seedWorker("costly");
  await callApi("GET", "/api/runs");
  await spend(worker, { usd: 3 });
  const set = (daily_spend_cap_usd: number | null) =>
    callApi("PATCH", "/api/workspace/settings", { json: { daily_spend_cap_usd } });
  const edge = openOtherEdge(priced);
  const start = () => edge.call("POST", "/api/workers/costly/runs", { json: {} });
  expect((await set(3)).status).toBe(200);
  const refused = await start();
  expect(refused.status).toBe(429);
  const wait = Number(refused.headers.get("retry-after"));
  expect(wait > 0 && wait <= DAY_MS / 1000).toBe(true);
  expect(problemSchema.parse(await refused.json())).toMatchObject({
    code: "spend_cap_exceeded",
    retryable: true,
  });
  // Where a sandbox costs nothing no cap holds anything back.
  expect((await callApi("POST", "/api/workers/costly/runs", { json: {} })).status).toBe(202);
  await set(4);
  expect((await start()).status).toBe(202);
});

it("the server's own caps hold where a workspace has set none, and one that is no amount stops the server", async () => {
  const worker = await seedWorker("costly");
  await callApi("GET", "/api/runs");
  await spend(worker, { usd: 3 });
  const edge = openOtherEdge({ ...priced, WORKEROS_DEFAULT_MONTHLY_SPEND_CAP_USD: "2.5" });
  const start = () => edge.call("POST", "/api/workers/costly/runs", { json: {} });
  expect((await start()).status).toBe(429);
  await callApi("PATCH", "/api/workspace/settings", { json: { monthly_spend_cap_usd: 10 } });
  expect((await start()).status).toBe(202);
});

it("a member is held to their own cap and nobody else is, and sees their own spending but not that of others", async () => {
  verifies("spend:report:who-may-see");
  const worker = await seedWorker("costly");
  await callApi("GET", "/api/runs");
  const ann = await seedMember("a", "editor");
  const ben = await seedMember("b", "editor");
  await spend(worker, { usd: 2, userId: personId("a") });
  const path = `/api/admin/users/${personId("a")}/spend-caps`;
  const caps = { daily_spend_cap_usd: 1, monthly_spend_cap_usd: null };
  expect(await (await callApi("PUT", path, { json: caps })).json()).toEqual(caps);
  expect(await (await callApi("GET", path)).json()).toEqual(caps);
  const edge = openOtherEdge(priced);
  const start = async (token: string) =>
    (await edge.call("POST", "/api/workers/costly/runs", { json: {}, token })).status;
  expect([await start(ann), await start(ben)]).toEqual([429, 202]);
  const own = accountSpendSchema.parse(
    await (await callApi("GET", "/api/account/spend", { token: ann })).json(),
  );
  expect(own).toMatchObject({ user_id: personId("a"), today_usd: 2, month_usd: 2 });
  expect(own.caps).toMatchObject([
    { period: "day", cap_usd: 1, warning: true },
    { period: "month", cap_usd: null },
  ]);
  expect((await callApi("GET", "/api/workspace/spend", { token: ben })).status).toBe(403);
  expect((await callApi("PUT", path, { token: ben, json: caps })).status).toBe(403);
  expect((await callApi("PUT", path.replace(personId("a"), personId("z")), { json: caps })).status).toBe(404);
});

it("a month's spending is put together by worker, person and day, and that of a worker that is gone stays", async () => {
  const worker = await seedWorker("costly");
  await callApi("GET", "/api/runs");
  await seedMember("a", "editor");
  const march = Date.UTC(2026, 2, 1) / DAY_MS;
  await spend(worker, { usd: 1, day: march, userId: personId("a") });
  await spend(worker, { usd: 2, day: march + 30 });
  await spend("wrk_gone", { usd: 7, day: march + 30 });
  await spend(worker, { usd: 50, day: march + 31 });
  const ask = async (by: string) =>
    workspaceSpendSchema.parse(
      await (await callApi("GET", `/api/workspace/spend?by=${by}&month=2026-03`)).json(),
    );
  const byWorker = await ask("worker");
  expect(byWorker).toMatchObject({ month: "2026-03", total_usd: 10, runs: 3 });
  expect(byWorker.rows).toMatchObject([
    { key: "wrk_gone", name: "wrk_gone", total_usd: 7 },
    { key: worker, name: "costly", runs: 2, total_usd: 3 },
  ]);
  expect((await ask("user")).rows).toMatchObject([
    { key: "", total_usd: 9 },
    { key: personId("a"), name: "a@example.com", total_usd: 1 },
  ]);
  expect((await ask("day")).rows).toMatchObject([
    { key: "2026-03-01", total_usd: 1 },
    { key: "2026-03-31", total_usd: 9 },
  ]);
  expect((await callApi("GET", "/api/workspace/spend?month=2026-13")).status).toBe(422);
});
