import { expect, it } from "vitest";
import { zoneOffsetMs, zoneOffsetOfDayMs } from "./zone-offset.ts";

const at = (text: string) => Date.parse(text);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

it.each([
  ["UTC", "2026-01-01T00:00:00Z", 0],
  ["Europe/Berlin", "2026-01-01T00:00:00Z", HOUR_MS],
  ["Europe/Berlin", "2026-07-01T00:00:00Z", 2 * HOUR_MS],
  ["America/New_York", "2026-01-01T00:00:00Z", -5 * HOUR_MS],
  ["Asia/Kathmandu", "2026-01-01T00:00:00Z", 5 * HOUR_MS + 45 * MINUTE_MS],
  ["America/St_Johns", "2026-01-01T00:00:00Z", -(3 * HOUR_MS + 30 * MINUTE_MS)],
  ["Pacific/Kiritimati", "2026-01-01T00:00:00Z", 14 * HOUR_MS],
  // Until 1972 the wall clock there was 44 minutes and 30 seconds behind.
  ["Africa/Monrovia", "1970-01-01T00:00:00Z", -(44 * MINUTE_MS + 30_000)],
])("the clocks of %s at %s are %d ms ahead", (zone, instant, offset) => {
  expect(zoneOffsetMs(zone, at(instant))).toBe(offset);
});

it("the offset changes in the millisecond in which the clocks do", () => {
  const change = at("2026-03-29T01:00:00Z");
  expect(zoneOffsetMs("Europe/Berlin", change - 1)).toBe(HOUR_MS);
  expect(zoneOffsetMs("Europe/Berlin", change)).toBe(2 * HOUR_MS);
});

it("a day has the offset of its first instant, however often and in whatever order it is asked for", () => {
  const zones = Intl.supportedValuesOf("timeZone").slice(0, 80);
  const start = at("2026-03-29T00:00:00Z");
  for (const zone of [zones, zones].flat())
    expect(zoneOffsetOfDayMs(zone, start + HOUR_MS)).toBe(zoneOffsetMs(zone, start));

  const days = Array.from({ length: 4200 }, (_, day) => start + day * DAY_MS);
  const first = days.map((day) => zoneOffsetOfDayMs("Europe/Berlin", day + 23 * HOUR_MS));
  expect(days.map((day) => zoneOffsetOfDayMs("Europe/Berlin", day))).toEqual(first);
  expect(first[0]).toBe(HOUR_MS);
  expect(first[1]).toBe(2 * HOUR_MS);
  expect(zoneOffsetOfDayMs("Europe/Berlin", -1)).toBe(HOUR_MS);
});

it("a zone that does not exist is refused", () => {
  expect(() => zoneOffsetMs("Mars/Olympus", 0)).toThrow(RangeError);
});
