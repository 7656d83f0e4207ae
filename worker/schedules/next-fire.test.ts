import { describe, expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { parseCron } from "../registry/cron/parse-cron.ts";
import type { CronExpression } from "../registry/cron/parse-cron.ts";
import { nextFire, nextFires } from "./next-fire.ts";

function read(expression: string): CronExpression {
  const parsed = parseCron(expression);
  if (!parsed.ok) throw new Error(`${expression} ${parsed.reason}`);
  return parsed.cron;
}

/** The next times of an expression, as UTC up to the minute. */
function times(expression: string, zone: string, from: { after: string; count?: number }): string[] {
  const afterMs = Date.parse(from.after);
  const found = nextFires(read(expression), zone, { afterMs, count: from.count ?? 3 });
  return found.map((at) => new Date(at).toISOString().replace(":00.000Z", "Z"));
}

describe("daylight saving", () => {
  it.each([
    // Berlin skips 2:00 to 3:00 on 29 March 2026 (01:00Z) and repeats it on 25 October (01:00Z).
    [
      "a named time in the skipped hour fires at the first moment after it",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-03-28T12:00Z",
      ["2026-03-29T01:00Z", "2026-03-30T00:30Z"],
    ],
    [
      "several named times in the skipped hour fire once",
      "0,15,30 2 * * *",
      "Europe/Berlin",
      "2026-03-28T12:00Z",
      ["2026-03-29T01:00Z", "2026-03-30T00:00Z", "2026-03-30T00:15Z"],
    ],
    [
      "a named time after the skipped hour and one in it are one",
      "0 2,3 * * *",
      "Europe/Berlin",
      "2026-03-28T12:00Z",
      ["2026-03-29T01:00Z", "2026-03-30T00:00Z"],
    ],
    [
      "a named time in the repeated hour fires in the first pass only",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-10-24T12:00Z",
      ["2026-10-25T00:30Z", "2026-10-26T01:30Z"],
    ],
    [
      "asked between the passes, it does not fire again",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-10-25T00:45Z",
      ["2026-10-26T01:30Z"],
    ],
    [
      "a repeating entry goes on through the repeated hour",
      "*/30 * * * *",
      "Europe/Berlin",
      "2026-10-25T00:00Z",
      ["2026-10-25T00:30Z", "2026-10-25T01:00Z", "2026-10-25T01:30Z", "2026-10-25T02:00Z"],
    ],
    [
      "a repeating entry does not fire in an hour that is not there",
      "*/30 2 * * *",
      "Europe/Berlin",
      "2026-03-28T12:00Z",
      ["2026-03-30T00:00Z", "2026-03-30T00:30Z"],
    ],
    [
      "every hour is every real hour across the gap",
      "5 * * * *",
      "Europe/Berlin",
      "2026-03-29T00:00Z",
      ["2026-03-29T00:05Z", "2026-03-29T01:05Z", "2026-03-29T02:05Z"],
    ],
    [
      "every hour is every real hour across the repetition",
      "5 * * * *",
      "Europe/Berlin",
      "2026-10-25T00:00Z",
      ["2026-10-25T00:05Z", "2026-10-25T01:05Z", "2026-10-25T02:05Z"],
    ],
    [
      "a gap of half an hour is no different",
      "15 2 * * *",
      "Australia/Lord_Howe",
      "2026-10-03T10:00Z",
      ["2026-10-03T15:30Z", "2026-10-04T15:15Z"],
    ],
    [
      "midnight may be the hour that is skipped",
      "0 0 * * *",
      "America/Santiago",
      "2026-09-05T12:00Z",
      ["2026-09-06T04:00Z", "2026-09-07T03:00Z"],
    ],
    [
      "midnight may be the hour that is repeated",
      "0 0 * * *",
      "America/Havana",
      "2026-10-31T12:00Z",
      ["2026-11-01T04:00Z", "2026-11-02T05:00Z"],
    ],
    [
      "a whole day may be skipped",
      "0 12 30 12 *",
      "Pacific/Apia",
      "2011-12-01T00:00Z",
      ["2011-12-30T10:00Z", "2012-12-29T22:00Z"],
    ],
  ])("%s", (_sentence, expression, zone, after, expected) => {
    verifies("schedule:dst:one-rule");
    expect(times(expression, zone, { after, count: expected.length })).toEqual(expected);
  });
});

describe("fields", () => {
  it.each([
    [
      "names",
      "0 9 * jan,jul mon-wed",
      "2026-01-01T00:00Z",
      ["2026-01-05T09:00Z", "2026-01-06T09:00Z", "2026-01-07T09:00Z"],
    ],
    ["Sunday as 0, 7 and sun", "0 0 * * 7", "2026-01-01T00:00Z", ["2026-01-04T00:00Z", "2026-01-11T00:00Z"]],
    [
      "a range that ends on Sunday",
      "0 0 * * fri-sun",
      "2026-01-01T00:00Z",
      ["2026-01-02T00:00Z", "2026-01-03T00:00Z", "2026-01-04T00:00Z"],
    ],
    [
      "steps within a range and from a value",
      "10-30/10,50 5/9 * * *",
      "2026-01-01T00:00Z",
      [
        "2026-01-01T05:10Z",
        "2026-01-01T05:20Z",
        "2026-01-01T05:30Z",
        "2026-01-01T05:50Z",
        "2026-01-01T14:10Z",
      ],
    ],
    [
      "day of the month or weekday when both are named",
      "0 0 13 * 5",
      "2026-02-01T00:00Z",
      ["2026-02-06T00:00Z", "2026-02-13T00:00Z", "2026-02-20T00:00Z"],
    ],
    [
      "both when one of them begins with *",
      "0 0 */2 * mon",
      "2026-02-01T00:00Z",
      ["2026-02-09T00:00Z", "2026-02-23T00:00Z"],
    ],
    [
      "the 29th of February, over a century without one",
      "0 0 29 2 *",
      "2096-03-01T00:00Z",
      ["2104-02-29T00:00Z"],
    ],
    ["@weekly", "@weekly", "2026-01-01T00:00Z", ["2026-01-04T00:00Z", "2026-01-11T00:00Z"]],
    ["@Monthly in any case", "@Monthly", "2026-01-01T00:00Z", ["2026-02-01T00:00Z"]],
  ])("%s", (_sentence, expression, after, expected) => {
    expect(times(expression, "UTC", { after, count: expected.length })).toEqual(expected);
  });

  it.each([
    ["* * * *", "has 4 fields instead of 5"],
    ["0 0 0 * * *", "has 6 fields instead of 5"],
    ["60 * * * *", "60 is no minute (0 to 59)"],
    ["*/90 * * * *", "steps of a minute go from 1 to 59"],
    ["0 22-2 * * *", "runs backwards"],
    ["0 0 31 2 *", "never comes due"],
    ["0 0 L * *", "is no day of the month"],
    ["0 0 * * mon#2", "is no weekday"],
    ["@reboot", "names no time"],
    ["@fortnightly", "none of @yearly"],
    ["1,,2 * * * *", "cannot be read"],
    ["*/0 * * * *", "steps of a minute go from 1"],
  ])("%s is refused with its reason", (expression, reason) => {
    const parsed = parseCron(expression);
    expect(parsed.ok ? "" : parsed.reason).toContain(reason);
  });
});

it("the next time lies after the one asked from, to the millisecond", () => {
  const noon = Date.parse("2026-05-05T12:00Z");
  expect(nextFire(read("0 12 * * *"), "UTC", noon - 1)).toBe(noon);
  expect(nextFire(read("0 12 * * *"), "UTC", noon)).toBe(noon + 86_400_000);
});

it("between two minutes and right before one, the next minute is the next time", () => {
  const noon = Date.parse("2026-05-05T12:00Z");
  for (const after of [noon + 1, noon + 30_000, noon + 59_999])
    expect(nextFire(read("* * * * *"), "Europe/Berlin", after)).toBe(noon + 60_000);
});

it("times before 1970 are times like others", () => {
  expect(times("30 6 * * *", "UTC", { after: "1969-07-20T06:30Z", count: 2 })).toEqual([
    "1969-07-21T06:30Z",
    "1969-07-22T06:30Z",
  ]);
});

it("a schedule that never comes due has no next time, and no next times", () => {
  const never = { ...read("0 0 31 1 *"), months: read("0 0 1 2 *").months };
  const afterMs = Date.parse("2026-05-05T12:00Z");
  expect(nextFire(never, "UTC", afterMs)).toBeNull();
  expect(nextFires(never, "UTC", { afterMs, count: 2 })).toEqual([]);
});
