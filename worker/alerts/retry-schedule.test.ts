import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { listDelaysMs, planNext } from "./retry-schedule.ts";

const HOUR = 3_600_000;

it("a message is tried at once and after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 hours, then given up", () => {
  verifies("alerts:delivery:retry-schedule");
  let now = 0;
  const gaps: (number | null)[] = [];
  for (let tries = 1; tries <= 10; tries++) {
    const { status, next_at } = planNext("failed", { tries, once: false, now });
    expect(status).toBe(next_at === null ? "failed" : "pending");
    gaps.push(next_at === null ? null : next_at - now);
    now = next_at ?? now;
  }
  const hours = [2, 5, 10, 14, 20, 24].map((h) => h * HOUR);
  expect(gaps).toEqual([5000, 300_000, 1_800_000, ...hours, null]);
});

it("what is to be on a list of ours is tried every ten minutes in the end, and never given up", () => {
  const gaps = [1, 2, 3, 4, 5, 500].map((tries) =>
    planNext("failed", { tries, once: false, now: 0, delaysMs: listDelaysMs, endless: true }),
  );
  expect(gaps.map(({ next_at }) => next_at)).toEqual([5000, 30_000, 120_000, 600_000, 600_000, 600_000]);
  expect(gaps.every(({ status }) => status === "pending")).toBe(true);
});

it("what was delivered, refused for ever, sent as a test or has no mail provider is not tried again", () => {
  const first = { tries: 1, once: false, now: 0 };
  expect(planNext("delivered", first)).toEqual({ status: "delivered", next_at: null });
  expect(planNext("gone", first)).toEqual({ status: "failed", next_at: null });
  expect(planNext("not_configured", first)).toEqual({ status: "not_configured", next_at: null });
  expect(planNext("failed", { ...first, once: true })).toEqual({ status: "failed", next_at: null });
});
