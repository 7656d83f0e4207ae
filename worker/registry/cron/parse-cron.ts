/** One field of an expression: the values it names, and whether it was written as a wildcard (`*` or a step of it). */
export interface CronField {
  values: readonly number[];
  /** Begins with `*`, as Vixie cron understands it: the field restricts nothing by itself. */
  isWildcard: boolean;
}

/** A cron expression, read. Weekdays are 0 (Sunday) to 6. */
export interface CronExpression {
  minutes: CronField;
  hours: CronField;
  days: CronField;
  months: CronField;
  weekdays: CronField;
}

export type ParsedCron = { ok: true; cron: CronExpression } | { ok: false; reason: string };

interface FieldKind {
  name: string;
  min: number;
  max: number;
  names: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const kinds = {
  minutes: { name: "minute", min: 0, max: 59, names: [] },
  hours: { name: "hour", min: 0, max: 23, names: [] },
  days: { name: "day of the month", min: 1, max: 31, names: [] },
  months: { name: "month", min: 1, max: 12, names: MONTHS },
  weekdays: { name: "weekday", min: 0, max: 7, names: WEEKDAYS },
} as const satisfies Record<string, FieldKind>;

const nicknames: Record<string, string> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

const LONGEST: Record<number, number> = { 2: 29, 4: 30, 6: 30, 9: 30, 11: 30 };

/**
 * Reads a five-field cron expression (minute, hour, day of the month, month, weekday) with names, ranges, lists and
 * steps, or one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly. `reason` completes the sentence
 * "The cron expression ...". Syntax: crontab(5) of Vixie cron; `5/15` counts from 5 to the field's end.
 */
export function parseCron(expression: string): ParsedCron {
  const trimmed = expression.trim().toLowerCase();
  if (trimmed === "@reboot") return refuse("names no time");
  const written = trimmed.startsWith("@") ? nicknames[trimmed] : trimmed;
  if (written === undefined)
    return refuse(`uses ${trimmed}, which is none of ${Object.keys(nicknames).join(", ")}`);
  const parts = written.split(/\s+/).filter((part) => part !== "");
  const [minute, hour, day, month, weekday] = parts;
  if (parts.length !== 5 || !minute || !hour || !day || !month || !weekday)
    return refuse(`has ${parts.length} fields instead of 5`);

  try {
    const cron = {
      minutes: readField(minute, kinds.minutes),
      hours: readField(hour, kinds.hours),
      days: readField(day, kinds.days),
      months: readField(month, kinds.months),
      weekdays: readField(weekday, kinds.weekdays),
    };
    return hasDays(cron) ? { ok: true, cron } : refuse("never comes due");
  } catch (error) {
    if (error instanceof FieldError) return refuse(error.message);
    throw error;
  }
}

class FieldError extends Error {}

function refuse(reason: string): ParsedCron {
  return { ok: false, reason };
}

function readField(written: string, kind: FieldKind): CronField {
  const values = new Set(written.split(",").flatMap((part) => readPart(part, kind)));
  const isWeekday = kind.max === 7;
  const present = [...values].map((value) => (isWeekday ? value % 7 : value));
  return { values: [...new Set(present)].toSorted((a, b) => a - b), isWildcard: written.startsWith("*") };
}

function readPart(part: string, kind: FieldKind): number[] {
  const [, range, , step] = /^([^/]+)(\/(\d{1,4}))?$/.exec(part) ?? [];
  if (range === undefined) throw new FieldError(`cannot be read: ${part} is no ${kind.name}`);
  const by = step === undefined ? 1 : Number(step);
  if (by < 1 || by > kind.max)
    throw new FieldError(`has the step ${part}, but steps of a ${kind.name} go from 1 to ${kind.max}`);

  const [from, to] = readRange(range, step !== undefined, kind);
  if (from > to) throw new FieldError(`has the range ${range}, which runs backwards`);
  const values = [];
  for (let value = from; value <= to; value += by) values.push(value);
  return values;
}

function readRange(range: string, hasStep: boolean, kind: FieldKind): [number, number] {
  // Seven stands for Sunday at the end of a range; a wildcard must not name Sunday twice.
  const top = kind.max === 7 ? 6 : kind.max;
  if (range === "*") return [kind.min, top];
  const ends = range.split("-");
  const [first, second] = ends;
  if (first === undefined || ends.length > 2) throw new FieldError(`cannot be read: ${range} is no range`);
  const from = readValue(first, kind);
  if (second === undefined) return [from, hasStep ? Math.max(from, top) : from];
  const to = readValue(second, kind);
  return [from, kind.max === 7 && to === 0 && from > 0 ? 7 : to];
}

function readValue(written: string, kind: FieldKind): number {
  const named = kind.names.indexOf(written);
  if (named >= 0) return named + kind.min;
  const value = /^\d{1,4}$/.test(written) ? Number(written) : Number.NaN;
  if (value >= kind.min && value <= kind.max) return value;
  throw new FieldError(
    `cannot be read: ${written} is no ${kind.name} (${kind.min} to ${kind.max}${kind.names.length > 0 ? ` or ${kind.names[0]} to ${kind.names.at(-1)}` : ""})`,
  );
}

/** Whether any date of any year fits: the 31st of April does not exist. */
function hasDays(cron: CronExpression): boolean {
  if (!cron.weekdays.isWildcard) return true;
  const first = cron.days.values[0] ?? 1;
  return cron.months.values.some((month) => first <= (LONGEST[month] ?? 31));
}
