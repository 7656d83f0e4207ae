import { afterEach, expect, it } from "vitest";
import type { WorkspaceSpend } from "#contract/spend/spend";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";

let edge: FakeEdge | undefined;

afterEach(async () => {
  await edge?.close();
  edge = undefined;
});

const cap = {
  scope: "workspace",
  period: "day",
  spent_usd: 8,
  cap_usd: 10,
  warning: true,
  resets_at: "2026-03-03T00:00:00.000Z",
} as const;
const report: WorkspaceSpend = {
  month: "2026-03",
  by: "user",
  total_usd: 8.5,
  runs: 3,
  rows: [
    { key: "", name: "", runs: 2, sandbox_usd: 8.4, model_usd: 0, total_usd: 8.4 },
    { key: "usr_1", name: "ann@example.com", runs: 1, sandbox_usd: 0.1, model_usd: 0, total_usd: 0.1 },
  ],
  caps: [cap, { ...cap, period: "month", cap_usd: null, warning: false }],
};

it("says what was spent by whom, and how the caps stand", async () => {
  edge = await startFakeEdge({
    getWorkspaceSpend: () => report,
    getAccountSpend: () => ({ user_id: "usr_1", today_usd: 0, month_usd: 0.1, caps: [] }),
  });
  const shown = await callCli(["spend", "--by", "user"], { edge });
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toContain("2026-03: $8.50 for 3 runs.");
  expect(shown.stdout).toContain("Of $10.00 for the workspace this day, $8.00 is spent. It comes near.");
  expect(shown.stdout).toContain("No cap for the workspace a month.");
  expect(shown.stdout).toMatch(/\(nobody's account\) +2 +\$8\.40/);
  expect(edge.requests.at(-1)?.query).toMatchObject({ by: "user" });
  const whole = await callCli(["spend", "--json"], { edge });
  expect(JSON.parse(whole.stdout)).toEqual(report);
  const own = await callCli(["spend", "--mine"], { edge });
  expect(own.stdout).toBe("Your runs: $0.00 today, $0.100000 this month.\n");
  expect((await callCli(["spend", "--by", "week"], { edge })).exitCode).toBe(2);
});
