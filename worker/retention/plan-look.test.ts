import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { beginLook, DAY_MS, nextLookAt, nextStage, uploadCutoff } from "./plan-look.ts";
import type { Look } from "./plan-look.ts";

const NOW = Date.parse("2026-03-02T09:00:00Z");

function stagesFrom(look: Look): string[] {
  const next = nextStage(look);
  return [look.stage, ...(next === null ? [] : stagesFrom(next))];
}

it("every workspace is looked at once a day, each at its own time", () => {
  verifies("retention:house:wakes-by-itself");
  const ids = Array.from({ length: 500 }, (_, index) => `wsp_${String(index).padStart(26, "0")}`);
  const times = ids.map((id) => nextLookAt(id, NOW));
  for (const at of times) {
    expect(at).toBeGreaterThan(NOW);
    expect(at).toBeLessThanOrEqual(NOW + DAY_MS);
  }
  const hours = Map.groupBy(times, (at) => Math.floor(at / 3_600_000) % 24);
  expect(hours.size).toBe(24);
  for (const [index, id] of ids.entries())
    expect(nextLookAt(id, times[index] ?? 0)).toBe((times[index] ?? 0) + DAY_MS);
});

it("runs are looked at before what they need, and with nothing to delete only the workers are asked", () => {
  expect(stagesFrom(beginLook(90, NOW))).toEqual(["runs", "workers", "versions", "uploads", "mails"]);
  expect(beginLook(90, NOW).cutoff).toBe(NOW - 90 * DAY_MS);
  expect(beginLook(90, NOW).deleted).toEqual({ runs: 0, versions: 0, uploads: 0, mails: 0 });
  expect(stagesFrom(beginLook(null, NOW))).toEqual(["workers"]);
});

it("an upload is of use as long as any kept run was made after it was used", () => {
  const exactMs = DAY_MS;
  expect(uploadCutoff(NOW, { oldestRunAt: null, exactMs })).toBe(NOW - DAY_MS);
  expect(uploadCutoff(NOW, { oldestRunAt: NOW - 5 * DAY_MS, exactMs })).toBe(NOW - 6 * DAY_MS);
  expect(uploadCutoff(NOW, { oldestRunAt: NOW + DAY_MS, exactMs })).toBe(NOW - DAY_MS);
});
