import { CronExpressionParser } from "cron-parser";
import { Cron } from "croner";
import { expect, it } from "vitest";
import { createRandom } from "../../test/support/random.ts";
import type { Random } from "../../test/support/random.ts";
import { verifies } from "../../test/verifies.ts";
import { parseCron } from "../registry/cron/parse-cron.ts";
import { nextFire } from "./next-fire.ts";
import { zoneOffsetMs } from "./zone-offset.ts";

/*
 * Our times against those of two independent libraries: random expressions, in zones with every kind of daylight
 * saving there is, asked around the days on which the clocks change. Where they differ, one of these rules says why:
 *
 * - stepped wildcard: a day field such as "*" with a step restricts nothing for us (it begins with "*", Vixie's rule), so
 *   the other day field must hold too; for both libraries it restricts, and either field is enough.
 * - steps without a wildcard: "0-30/10 2 * * *" names times for us, since neither minute nor hour begins with "*"; for
 *   croner any step makes an entry repeat, which matters in a skipped or repeated hour.
 * - cron-parser at a change of the clocks: it moves a time in the skipped hour forward by the length of the gap, lets
 *   "* 2" fire after the gap, and starts the repeated hour in its second pass when it begins at midnight.
 * - cron-parser gives up: it finds no time at all across a change of half an hour.
 */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** CRON_CASES asks as many of both; cron-parser takes ten times as long as the others together. */
const asked = Number(process.env["CRON_CASES"] ?? "0");
const SEED = Number(process.env["FLOOM_SIM_SEED"] ?? "20261025");

const zones = [
  "UTC",
  "Europe/Berlin",
  "Europe/London",
  "America/New_York",
  "America/St_Johns",
  "America/Havana",
  "America/Santiago",
  "America/Asuncion",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
  "Africa/Casablanca",
  "Africa/Cairo",
  "Asia/Beirut",
  "Asia/Kolkata",
];

/** The instants of 2024 to 2027 at which a zone's clock changes; one of no change for zones without. */
function findChanges(zone: string): number[] {
  const found: number[] = [];
  for (let day = Date.UTC(2024, 0, 1); day < Date.UTC(2028, 0, 1); day += DAY_MS) {
    let [from, to] = [day, day + DAY_MS];
    if (zoneOffsetMs(zone, from) === zoneOffsetMs(zone, to)) continue;
    while (to - from > 1000) {
      const middle = Math.round((from + to) / 2000) * 1000;
      if (zoneOffsetMs(zone, middle) === zoneOffsetMs(zone, to)) to = middle;
      else from = middle;
    }
    found.push(to);
  }
  return found.length > 0 ? found : [Date.UTC(2026, 2, 29, 1)];
}
const changes = new Map(zones.map((zone) => [zone, findChanges(zone)]));

function randomField(random: Random, [min, max]: [number, number], wildcard: number): string {
  const value = () => min + random.below(max - min + 1);
  const range = () => [value(), value()].toSorted((a, b) => a - b).join("-");
  if (random.chance(wildcard)) return "*";
  const kind = random.next();
  if (kind < 0.4) return String(value());
  if (kind < 0.55) return `*/${1 + random.below(Math.floor((max - min) / 2))}`;
  if (kind < 0.75) return range();
  if (kind < 0.85) return `${range()}/${1 + random.below(5)}`;
  return [...new Set([value(), value(), value()])].join(",");
}

/** Half of them at the hours at which clocks change. */
function randomExpression(random: Random): string {
  const critical = random.pick(["0", "1", "2", "3", "23", "1-3", "0,2", "2,3"]) ?? "2";
  const hour = random.chance(0.5) ? critical : randomField(random, [0, 23], 0.4);
  const day = randomField(random, [1, 28], 0.85);
  const month = random.chance(0.97) ? "*" : randomField(random, [1, 12], 0.5);
  const weekday = randomField(random, [0, 6], 0.8);
  return [randomField(random, [0, 59], 0.3), hour, day, month, weekday].join(" ");
}

interface Question {
  expression: string;
  zone: string;
  after: number;
}

function randomQuestion(random: Random): Question {
  const zone = random.pick(zones) ?? "UTC";
  const change = random.pick(changes.get(zone) ?? []) ?? 0;
  const after = change - 36 * HOUR_MS + random.below(3 * 24 * 3600) * 1000;
  return { expression: randomExpression(random), zone, after };
}

interface Difference extends Question {
  ours: number;
  theirs: number;
}

type Rule =
  | "stepped wildcard"
  | "steps without a wildcard"
  | "cron-parser at a change of the clocks"
  | "cron-parser gives up";

function hasSteppedDayWildcard({ expression }: Question): boolean {
  const [, , day = "", , weekday = ""] = expression.split(" ");
  const isStepped = (field: string) => field.startsWith("*/");
  return (isStepped(day) && weekday !== "*") || (isStepped(weekday) && day !== "*");
}

function namesTimesWithSteps({ expression }: Question): boolean {
  const time = expression.split(" ").slice(0, 2);
  return time.some((field) => field.includes("/")) && !time.some((field) => field.startsWith("*"));
}

/** Whether the first time they disagree about lies in an hour that a change of the clocks skips, repeats or follows. */
function isAtChange({ zone, ours, theirs }: Difference): boolean {
  const first = Math.min(ours, theirs);
  return (changes.get(zone) ?? []).some(
    (change) => first >= change - 2 * HOUR_MS && first <= change + 2 * HOUR_MS,
  );
}

const ask = {
  croner: ({ expression, zone, after }: Question) =>
    new Cron(expression, { timezone: zone, paused: true, mode: "5-part", fixedTimeRule: "no-wildcard" })
      .nextRun(new Date(after))
      ?.getTime(),
  "cron-parser": ({ expression, zone, after }: Question) =>
    CronExpressionParser.parse(expression, { tz: zone, currentDate: new Date(after) })
      .next()
      .getTime(),
};

function explain(library: keyof typeof ask, difference: Difference): Rule | null {
  if (hasSteppedDayWildcard(difference)) return "stepped wildcard";
  if (library === "croner")
    return namesTimesWithSteps(difference) && isAtChange(difference) ? "steps without a wildcard" : null;

  if (Number.isNaN(difference.theirs) && difference.zone === "Australia/Lord_Howe")
    return "cron-parser gives up";
  return isAtChange(difference) ? "cron-parser at a change of the clocks" : null;
}

function tryAsk(library: keyof typeof ask, question: Question): number {
  try {
    return ask[library](question) ?? Number.NaN;
  } catch {
    return Number.NaN;
  }
}

it.each([
  ["croner", asked || 100_000],
  ["cron-parser", asked || 5000],
] as const)(
  "agrees with %s, or one of the written rules says why not",
  (library, count) => {
    verifies("schedule:cron:agrees-with-two-libraries");
    const random = createRandom(SEED);
    const counts = new Map<Rule, number>();
    const unexplained: string[] = [];
    for (let index = 0; index < count; index++) {
      const question = randomQuestion(random);
      const parsed = parseCron(question.expression);
      if (!parsed.ok) throw new Error(`${question.expression} ${parsed.reason}`);
      const ours = nextFire(parsed.cron, question.zone, question.after) ?? Number.NaN;
      const theirs = tryAsk(library, question);
      if (ours === theirs) continue;
      const rule = explain(library, { ...question, ours, theirs });
      if (rule !== null) counts.set(rule, (counts.get(rule) ?? 0) + 1);
      else {
        const [after, a, b] = [question.after, ours, theirs].map((at) =>
          Number.isNaN(at) ? "none" : new Date(at).toISOString(),
        );
        unexplained.push(
          `seed ${SEED}: ${question.expression} ${question.zone} after ${after}: ours ${a}, theirs ${b}`,
        );
      }
    }
    // Shown by `--silent=false`: how often which rule was needed.
    if (asked > 0) process.stdout.write(`${library}: ${count} asked, ${JSON.stringify([...counts])}\n`);
    expect(unexplained.slice(0, 20), unexplained.slice(0, 20).join("\n")).toEqual([]);
  },
  asked > 0 ? 900_000 : 240_000,
);
