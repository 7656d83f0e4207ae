import { expect, it } from "vitest";
import { parseCron } from "./parse-cron.ts";
import type { CronExpression } from "./parse-cron.ts";

/** What an expression names; throws where it is refused. */
function read(expression: string): CronExpression {
  const parsed = parseCron(expression);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.cron;
}

/** The sentence that people read in front of what is wrong. */
function whyNot(expression: string): string {
  const parsed = parseCron(expression);
  return parsed.ok ? "it is taken" : `The cron expression ${parsed.reason}.`;
}

const range = (from: number, to: number, by = 1) =>
  Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);

it("a field takes a value, a range, a list, a step, a wildcard, and all of them mixed", () => {
  const values = (minute: string) => read(`${minute} * * * *`).minutes.values;
  expect(values("7")).toEqual([7]);
  expect(values("10-13")).toEqual([10, 11, 12, 13]);
  expect(values("5-5")).toEqual([5]);
  expect(values("40,7,7,12-13")).toEqual([7, 12, 13, 40]);
  expect(values("*/15")).toEqual([0, 15, 30, 45]);
  expect(values("*/59")).toEqual([0, 59]);
  expect(values("10-20/5")).toEqual([10, 15, 20]);
  expect(values("50/3")).toEqual([50, 53, 56, 59]);
  expect(values("*")).toEqual(range(0, 59));
});

it("every field has its own range", () => {
  const cron = read("* * * * *");
  expect(cron.hours.values).toEqual(range(0, 23));
  expect(cron.days.values).toEqual(range(1, 31));
  expect(cron.months.values).toEqual(range(1, 12));
  expect(cron.weekdays.values).toEqual(range(0, 6));
  expect(Object.values(cron).every(({ isWildcard }) => isWildcard)).toBe(true);
  expect(read("1 2 3 4 */2").weekdays.isWildcard).toBe(true);
  expect(read("1 2 3 4 1-5/2").weekdays.isWildcard).toBe(false);
});

it("months and weekdays have names, in any case, alone and in ranges", () => {
  const names = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
  for (const [index, name] of names.entries())
    expect(read(`0 0 1 ${name} *`).months.values).toEqual([index + 1]);
  for (const [index, name] of "sun mon tue wed thu fri sat".split(" ").entries())
    expect(read(`0 0 * * ${name}`).weekdays.values).toEqual([index]);
  expect(read("0 9 * JAN-Mar Mon-FRI").months.values).toEqual([1, 2, 3]);
  expect(read("0 9 * JAN-Mar Mon-FRI").weekdays.values).toEqual([1, 2, 3, 4, 5]);
});

it("Sunday is 0 and 7, also at the end of a range, and never twice", () => {
  const days = (weekday: string) => read(`0 0 * * ${weekday}`).weekdays.values;
  expect(days("7")).toEqual([0]);
  expect(days("0,7")).toEqual([0]);
  expect(days("5-7")).toEqual([0, 5, 6]);
  expect(days("fri-sun")).toEqual([0, 5, 6]);
  expect(days("0-0")).toEqual([0]);
  expect(days("5/1")).toEqual([5, 6]);
  expect(days("7/2")).toEqual([0]);
});

it.each([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
  ["  @Daily ", "0 0 * * *"],
  ["\t0  12\t* * 1  ", "0 12 * * 1"],
])("%j is the same as %s", (written, same) => {
  expect(read(written)).toEqual(read(same));
});

it.each([
  ["@reboot", "The cron expression names no time."],
  [
    "@often",
    "The cron expression uses @often, which is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly.",
  ],
  ["", "The cron expression has 0 fields instead of 5."],
  ["* * * *", "The cron expression has 4 fields instead of 5."],
  ["* * * * * *", "The cron expression has 6 fields instead of 5."],
  ["60 * * * *", "The cron expression cannot be read: 60 is no minute (0 to 59)."],
  ["* 24 * * *", "The cron expression cannot be read: 24 is no hour (0 to 23)."],
  ["* * 0 * *", "The cron expression cannot be read: 0 is no day of the month (1 to 31)."],
  ["* * * 13 *", "The cron expression cannot be read: 13 is no month (1 to 12 or jan to dec)."],
  ["* * * * 8", "The cron expression cannot be read: 8 is no weekday (0 to 7 or sun to sat)."],
  ["x1 * * * *", "The cron expression cannot be read: x1 is no minute (0 to 59)."],
  ["1x * * * *", "The cron expression cannot be read: 1x is no minute (0 to 59)."],
  ["00001 * * * *", "The cron expression cannot be read: 00001 is no minute (0 to 59)."],
  ["-1 * * * *", "The cron expression cannot be read:  is no minute (0 to 59)."],
  ["1-2-3 * * * *", "The cron expression cannot be read: 1-2-3 is no range."],
  ["30-10 * * * *", "The cron expression has the range 30-10, which runs backwards."],
  ["*/0 * * * *", "The cron expression has the step */0, but steps of a minute go from 1 to 59."],
  ["*/60 * * * *", "The cron expression has the step */60, but steps of a minute go from 1 to 59."],
  ["*/ * * * *", "The cron expression cannot be read: */ is no minute."],
  ["/5 * * * *", "The cron expression cannot be read: /5 is no minute."],
  ["1/2/3 * * * *", "The cron expression cannot be read: 1/2/3 is no minute."],
  ["1, * * * *", "The cron expression cannot be read:  is no minute."],
])("%j is refused with what is wrong in it", (expression, sentence) => {
  expect(whyNot(expression)).toBe(sentence);
});

it("a date that no year has never comes due, unless a weekday may bring it", () => {
  for (const date of ["30 2", "31 2", "31 4", "31 6", "31 9", "31 11", "31 2,4,6", "30-31 2"])
    expect(whyNot(`0 0 ${date} *`)).toBe("The cron expression never comes due.");
  for (const date of ["29 2", "30 4", "30 6", "30 9", "30 11", "31 1", "31 3", "31 12", "31 4,5", "29-31 2"])
    expect(whyNot(`0 0 ${date} *`)).toBe("it is taken");
  expect(whyNot("0 0 31 2 1")).toBe("it is taken");
  expect(whyNot("0 0 31 2 */2")).toBe("The cron expression never comes due.");
});
