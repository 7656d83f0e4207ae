import { afterEach, expect, it } from "vitest";
import type { QuotaReport } from "#contract/quotas/quota";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";

let edge: FakeEdge | undefined;

afterEach(async () => {
  await edge?.close();
  edge = undefined;
});

const thing = { is_default: true, resets_at: null } as const;
const report: QuotaReport = {
  workspace_id: "wsp_00000000000000000000000000" as QuotaReport["workspace_id"],
  quotas: [
    { ...thing, quota: "workers", used: 3, limit: 2000 },
    { ...thing, quota: "triggers", used: 5, limit: 10, is_default: false },
    { ...thing, quota: "starts_per_day", used: null, limit: null, resets_at: "2026-03-03T00:00:00.000Z" },
  ],
};

it("says what is used of each quota, which of them was set, and what is not counted", async () => {
  edge = await startFakeEdge({ getQuotas: () => report });
  const shown = await callCli(["quotas"], { edge });
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toMatch(/workers +3 +2,000/);
  expect(shown.stdout).toMatch(/triggers +5 +10 \(set\)/);
  expect(shown.stdout).toMatch(/starts_per_day +not counted +none/);
  expect(JSON.parse((await callCli(["quotas", "--json"], { edge })).stdout)).toEqual(report);
});
