import { isValueFormatName, valueFormats } from "../manifest/value-types.ts";
import type { FieldRules } from "./form.ts";
import { whyNotTried } from "./measure-pattern.ts";

/** Why a text is not taken, as what it must be; undefined where it is. Only what a sentence can say is judged here. */
export function textFault(text: string, rules: FieldRules): string | undefined {
  const length = [...text].length;
  if (rules.minLength !== undefined && length < rules.minLength)
    return `must have at least ${count(rules.minLength, "character")}`;
  if (rules.maxLength !== undefined && length > rules.maxLength)
    return `must have at most ${count(rules.maxLength, "character")}, and has ${length}`;
  const format = rules.format ?? "";
  if (Object.hasOwn(formatTests, format) && formatTests[format]?.(text) === false)
    return `must be ${formatWords(format)}`;
  if (rules.pattern !== undefined && !matches(rules.pattern, text))
    return `must match the pattern ${rules.pattern}`;
  return undefined;
}

/** Why a number is not taken, as what it must be. */
export function numberFault(value: number, rules: FieldRules): string | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = rules;
  if (rules.isInteger === true && !Number.isInteger(value)) return "must be a whole number";
  if (rules.isInteger === true && !Number.isSafeInteger(value)) return "is too large to be kept exactly";
  if (minimum !== undefined && value < minimum) return `must be at least ${minimum}`;
  if (maximum !== undefined && value > maximum) return `must be at most ${maximum}`;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    return `must be more than ${exclusiveMinimum}`;
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
    return `must be less than ${exclusiveMaximum}`;
  if (multipleOf !== undefined && !isMultiple(value, multipleOf))
    return `must be a multiple of ${multipleOf}`;
  return undefined;
}

/** Why a list of so many items is not taken, as what it must be; `noun` is what one of them is called. */
export function countFault(items: number, rules: FieldRules, noun: string): string | undefined {
  if (rules.minItems !== undefined && items < rules.minItems)
    return `must have at least ${count(rules.minItems, noun)}`;
  if (rules.maxItems !== undefined && items > rules.maxItems)
    return `must have at most ${count(rules.maxItems, noun)}, and has ${items}`;
  return undefined;
}

/** What to keep to while filling in, in one sentence for each thing; none where everything is taken. */
export function ruleSentences(rules: FieldRules): string[] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = rules;
  const bounds = [
    range(minimum, maximum, ""),
    range(minLength === 1 ? undefined : minLength, maxLength, " characters"),
    range(minItems, maxItems, " items"),
    rules.exclusiveMinimum === undefined ? "" : `More than ${rules.exclusiveMinimum}.`,
    rules.exclusiveMaximum === undefined ? "" : `Less than ${rules.exclusiveMaximum}.`,
    rules.multipleOf === undefined ? "" : `A multiple of ${rules.multipleOf}.`,
    rules.uniqueItems === true ? "None twice." : "",
    rules.format === "base64" ? "Bytes, written as base64." : "",
  ];
  return bounds.filter((sentence) => sentence !== "");
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && most !== undefined)
    return least === most ? `Exactly ${least}${unit}.` : `From ${least} to ${most}${unit}.`;
  if (least !== undefined) return `At least ${least}${unit}.`;
  return most === undefined ? "" : `At most ${most}${unit}.`;
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;

const formatWords = (format: string) =>
  isValueFormatName(format) ? valueFormats[format] : "base64: letters, digits, +, / and = at the end";

/** A pattern that this engine does not know, or that is not to be tried, is left to the API. */
function matches(pattern: string, text: string): boolean {
  return whyNotTried(pattern, text.length) !== null || new RegExp(pattern, "u").test(text);
}

/** 0.3 is a multiple of 0.1, though a double says it is not quite. */
function isMultiple(value: number, of: number): boolean {
  if (of <= 0) return true;
  const times = value / of;
  return Math.abs(times - Math.round(times)) <= Math.abs(times) * Number.EPSILON * 4;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?$/i;

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined) return false;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  at.setUTCFullYear(Number(year));
  return at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day);
}

function isDateTime(text: string): boolean {
  const [date, time, ...more] = text.split(/[T ]/i);
  return more.length === 0 && isDate(date ?? "") && TIME.test(time ?? "");
}

const formatTests: Readonly<Record<string, (text: string) => boolean>> = {
  email: (text) => /^[^\s@]+@[^\s@]+$/.test(text),
  uri: (text) => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text),
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
  date: isDate,
  time: (text) => TIME.test(text),
  "date-time": isDateTime,
  base64: (text) => /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text),
};
