import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { routes } from "#contract/routes";
import type { ScheduleCalendar } from "#contract/triggers/calendar";
import { verifies } from "../verifies.ts";
import { findFaultsOfLooks } from "./open-page.ts";
import { press, settle } from "./watch-page.ts";
import { useApp } from "./use-app.ts";

let page: Page;
const { api, open } = useApp((at) => {
  ({ page } = at);
});

const findFaults = () => findFaultsOfLooks(page);

async function makeSchedule(name: string): Promise<void> {
  const worker = "hello-worker";
  const known = await api.call(routes.listWorkerTriggers, { params: { worker } });
  if (known.some((trigger) => trigger.name === name)) return;
  await api.call(routes.createTrigger, {
    params: { worker },
    json: { type: "schedule", name, cron: "15 3 * * *", timezone: "UTC", inputs: { name: "you" } },
  });
}

test("the calendar shows what is expected next month, by keyboard alone, and as a table", async () => {
  verifies("schedule:calendar:expected-beside-actual");
  await makeSchedule("on-the-calendar");
  await open("/schedules?view=month");
  const earlier = page.getByRole("link", { name: "Later month" });
  await press(earlier, "Enter");
  await settle(page);
  const days = page.locator(".calendar > li");
  const expected = days.getByRole("link", { name: /hello-worker\s*, Expected/ });
  await expected.first().waitFor();
  await expect.poll(() => expected.count()).toBeGreaterThanOrEqual(28);
  await press(page.getByText("As a table").first(), "Enter");
  await page.getByRole("table", { name: "Times of the schedules, oldest first" }).waitFor();
  await press(page.getByRole("link", { name: "Today" }), "Enter");
  await settle(page);
  await expect.poll(() => page.locator(".calendar > li[aria-current=date]").count()).toBe(1);
  expect(await findFaults()).toEqual([]);
});

/** A calendar of this week in which each thing that can become of a time has become of one. */
async function answerOfEveryKind(): Promise<ScheduleCalendar> {
  const real = await api.call(routes.getScheduleCalendar, { query: {} });
  const trigger = real.schedules.find(({ name }) => name === "on-the-calendar")?.trigger_id;
  if (trigger === undefined) throw new Error("The schedule is not there");
  const { runs } = await api.call(routes.listRuns, { query: { limit: 1 } });
  const none = { run_id: null, run_status: null, late_ms: null, is_late: false, code: null, reason: null };
  const noon = new Date(new Date().setHours(12, 0, 0, 0)).getTime();
  const at = (minute: number) => new Date(noon + minute * 60_000).toISOString();
  const slot = (minute: number) => ({ trigger_id: trigger, due_at: at(minute), ...none });
  const run = { state: "started" as const, run_id: runs[0]?.id ?? null, late_ms: 100 };
  return {
    ...real,
    slots: [
      { ...slot(0), ...run, run_status: "completed" },
      { ...slot(1), ...run, run_status: "failed" },
      { ...slot(2), ...run, run_status: "completed", late_ms: 600_000, is_late: true },
      { ...slot(3), state: "missed", code: "missed", reason: "Nothing could start at that time." },
      { ...slot(4), state: "refused", code: "missing_secrets", reason: "SHOP_TOKEN is not set." },
      { ...slot(5), state: "skipped", code: "trigger_paused", reason: "The trigger was paused." },
      { ...slot(6), state: "expected" },
    ],
  };
}

test("what became of each time is told in words, and what went wrong can be seen alone", async () => {
  verifies("schedule:calendar:expected-beside-actual");
  await makeSchedule("on-the-calendar");
  const answer = await answerOfEveryKind();
  await page.route("**/api/schedules/calendar?**", (route) => route.fulfill({ json: answer }));
  await open("/schedules");
  await page
    .getByText("2 completed, 1 failed, 1 missed, 1 was refused, 1 left out, 1 expected, 1 late")
    .waitFor();
  expect(await findFaults()).toEqual([]);
  await press(page.getByRole("link", { name: /^7 × hello-worker/ }), "Enter");
  await settle(page);
  await expect.poll(() => new URL(page.url()).searchParams.get("view")).toBe("day");
  const rows = page.getByRole("table", { name: "Times of the schedules, oldest first" }).getByRole("row");
  await expect.poll(() => rows.count()).toBe(8);
  await page.getByRole("cell", { name: "SHOP_TOKEN is not set." }).waitFor();
  expect(await findFaults()).toEqual([]);
  await press(page.getByRole("checkbox", { name: "Only what went wrong" }), "Space");
  await expect.poll(() => rows.count()).toBe(5);
});
