import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { quotaReportSchema } from "#contract/quotas/quota";
import type { QuotaName, SetQuotas } from "#contract/quotas/quota";
import { runDetailSchema } from "#contract/runs/run";
import {
  callApi,
  ownerWorkspace,
  seedWorker,
  strangerToken,
} from "../../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../../test/support/workerd/stranger.ts";
import { seedMember } from "../../test/support/workerd/people.ts";
import { verifies } from "../../test/verifies.ts";

const setQuotas = (quotas: SetQuotas, of: { workspace?: string; token?: string } = {}) => {
  const { workspace = ownerWorkspace, ...call } = of;
  return callApi("PUT", `/api/admin/workspaces/${workspace}/quotas`, { ...call, json: quotas });
};

async function usedOf(quota: QuotaName): Promise<number | null | undefined> {
  const answer = await callApi("GET", "/api/workspace/quotas");
  const { quotas } = quotaReportSchema.parse(await answer.json());
  return quotas.find((state) => state.quota === quota)?.used;
}

const yml = (name: string, rest = "") =>
  `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: "1.0.0"\nexec:\n  entry: run.py\n${rest}`;
const push = (name: string, rest?: string) =>
  callApi("POST", "/api/workers", { json: { worker_yml: yml(name, rest), run_py: "print(1)" } });
const schedules = (count: number) =>
  `triggers:\n${Array.from({ length: count }, () => '  - { type: schedule, cron: "0 9 * * *" }\n').join("")}`;

async function codeOf(response: Response): Promise<[number, string]> {
  return [response.status, problemSchema.parse(await response.json()).code];
}

it("a worker beyond the quota is refused, and one that is there can still be pushed to", async () => {
  verifies("quotas:things:refused-beyond");
  expect((await push("first")).status).toBe(201);
  const set = quotaReportSchema.parse(await (await setQuotas({ workers: 1 })).json());
  expect(set.quotas[0]).toEqual({
    quota: "workers",
    used: 1,
    limit: 1,
    is_default: false,
    resets_at: null,
  });
  const refused = await push("second");
  expect(refused.headers.get("retry-after")).toBeNull();
  expect(await codeOf(refused)).toEqual([429, "quota_exceeded"]);
  const again = { worker_yml: yml("first", "tags: [new]\n"), run_py: "print(2)" };
  expect((await callApi("PUT", "/api/workers/first", { json: again })).status).toBe(200);
  await setQuotas({});
  expect((await push("second")).status).toBe(201);
});

it("triggers beyond the quota are refused, those of worker.yml and those that are made one by one", async () => {
  verifies("quotas:things:refused-beyond");
  await callApi("GET", "/api/runs");
  await setQuotas({ triggers: 2 });
  expect(await codeOf(await push("busy", schedules(3)))).toEqual([429, "quota_exceeded"]);
  expect((await push("busy", schedules(1))).status).toBe(201);
  const add = () => callApi("POST", "/api/workers/busy/triggers", { json: { type: "webhook" } });
  expect((await add()).status).toBe(201);
  expect(await codeOf(await add())).toEqual([429, "quota_exceeded"]);
  expect(await usedOf("triggers")).toBe(2);
  const less = { worker_yml: yml("busy"), run_py: "print(2)" };
  expect((await callApi("PUT", "/api/workers/busy", { json: less })).status).toBe(200);
  expect((await add()).status).toBe(201);
  const back = () => callApi("POST", "/api/workers/busy/rollback/1", { json: {} });
  expect((await add()).status).toBe(429);
  expect(await codeOf(await back())).toEqual([429, "quota_exceeded"]);
  await setQuotas({});
  expect((await back()).status).toBe(200);
});

it("a start beyond the day's quota is refused until the next day, and a repeat of an earlier one is answered", async () => {
  verifies("quotas:starts:refused-beyond");
  await seedWorker("counted");
  const start = (key: string) =>
    callApi("POST", "/api/workers/counted/runs", { json: {}, headers: { "idempotency-key": key } });
  const before = await start("before");
  expect(before.status).toBe(202);
  expect(await usedOf("starts_per_day")).toBeNull();
  await setQuotas({ starts_per_day: 2 });
  const first = runDetailSchema.parse(await (await start("first")).json());
  const repeat = await start("first");
  expect(runDetailSchema.parse(await repeat.json()).id).toBe(first.id);
  expect(await usedOf("starts_per_day")).toBe(1);
  expect((await start("second")).status).toBe(202);
  const refused = await start("third");
  const wait = Number(refused.headers.get("retry-after"));
  expect(wait > 0 && wait <= 86_400).toBe(true);
  expect(problemSchema.parse(await refused.json())).toMatchObject({
    status: 429,
    code: "quota_exceeded",
    retryable: true,
  });
  expect(runDetailSchema.parse(await (await start("first")).json()).id).toBe(first.id);
  // Another day, and the count begins anew.
  await env.DB.prepare("UPDATE start_counts SET day = day - 1").run();
  expect((await start("third")).status).toBe(202);
  expect(await usedOf("starts_per_day")).toBe(1);
});

it("of starts at the same moment no more get through than the quota leaves", async () => {
  verifies("quotas:starts:refused-beyond");
  await seedWorker("rushed");
  await callApi("GET", "/api/runs");
  await setQuotas({ starts_per_day: 3 });
  const all = await Promise.all(
    Array.from({ length: 8 }, () => callApi("POST", "/api/workers/rushed/runs", { json: {} })),
  );
  expect(all.filter(({ status }) => status === 202)).toHaveLength(3);
  expect(await usedOf("starts_per_day")).toBe(3);
});

it("quotas are set by the server's owner alone, for any workspace, and seen by its members", async () => {
  verifies("quotas:set:owner-of-the-server");
  const stranger = await strangerToken();
  expect(await codeOf(await setQuotas({ workers: 9 }, { token: stranger }))).toEqual([404, "not_found"]);
  const own = { token: stranger, workspace: strangerWorkspace };
  expect(await codeOf(await setQuotas({ workers: 9 }, own))).toEqual([403, "owner_only"]);
  const answer = await setQuotas({ workers: 9 }, { workspace: strangerWorkspace });
  expect(quotaReportSchema.parse(await answer.json()).workspace_id).toBe(strangerWorkspace);
  expect((await setQuotas({ workers: -1 })).status).toBe(422);
  const missing = await setQuotas({}, { workspace: `wsp_${"4".repeat(26)}` });
  expect(await codeOf(missing)).toEqual([404, "not_found"]);
  const viewer = await seedMember("v", "viewer");
  expect((await callApi("GET", "/api/workspace/quotas", { token: viewer })).status).toBe(200);
});
