import type { Json } from "#contract/json";
import { enumWireValue } from "./enum-members.ts";
import { resolveName } from "../python/python-bundle.ts";
import type { Meaning } from "../python/python-bundle.ts";
import type { PyArgument, PyExpression } from "../python/python-expression.ts";
import type { Hint, Typing } from "./typing.ts";

/** What a form shows of a default; `unknown` where only running the code could say. */
export type DefaultValue = { known: true; value: Json } | { known: false; reason: "computed" | "too_large" };

const COMPUTED: DefaultValue = { known: false, reason: "computed" };

/** So deep a default is followed through names and lists. */
const MOST_DEPTH = 30;

const known = (value: Json): DefaultValue => ({ known: true, value });

/** The JSON of a default, as far as its source says it. Never runs anything. */
export function evaluateDefault(typing: Typing, hint: Hint, depth = 0): DefaultValue {
  const { expression } = hint;
  if (depth > MOST_DEPTH) return COMPUTED;
  switch (expression.kind) {
    case "text":
      return known(expression.value);
    case "number":
      return evaluateNumber(expression.digits);
    case "constant":
      return expression.value === "..." ? COMPUTED : known(expression.value);
    case "sequence":
      return evaluateItems(typing, hint, { items: expression.items, depth });
    case "mapping":
      return evaluateEntries(typing, hint, { entries: expression.entries, depth });
    case "name":
      return evaluateMeaning(typing, resolveName(typing.bundle, hint.file, expression.path), depth);
    case "call":
      return evaluateCall(typing, hint, { callee: expression.callee, args: expression.args });
    default:
      return COMPUTED;
  }
}

/** A number of Python's as JSON has it: none is changed, one that no double holds is none. */
export function evaluateNumber(digits: string): DefaultValue {
  if (/[jJ]$/.test(digits)) return COMPUTED;
  const isNegative = digits.startsWith("-");
  const plain = isNegative ? digits.slice(1) : digits;
  const isInteger = /^(?:0[xXoObB][0-9a-fA-F]+|\d+)$/.test(plain);
  const value = Number(isInteger && /^0+\d/.test(plain) ? plain.replace(/^0+(?=\d)/, "") : plain);
  if (!Number.isFinite(value) || (isInteger && !Number.isSafeInteger(value)))
    return { known: false, reason: "too_large" };
  return known(isNegative ? 0 - value : value);
}

function evaluateItems(
  typing: Typing,
  { file }: Hint,
  { items, depth }: { items: readonly PyExpression[]; depth: number },
): DefaultValue {
  const values: Json[] = [];
  for (const expression of items) {
    const value = evaluateDefault(typing, { file, expression }, depth + 1);
    if (!value.known) return value;
    values.push(value.value);
  }
  return known(values);
}

function evaluateEntries(
  typing: Typing,
  { file }: Hint,
  { entries, depth }: { entries: readonly (readonly [PyExpression, PyExpression])[]; depth: number },
): DefaultValue {
  const made: [string, Json][] = [];
  for (const [key, expression] of entries) {
    const name = evaluateDefault(typing, { file, expression: key }, depth + 1);
    const value = evaluateDefault(typing, { file, expression }, depth + 1);
    if (!value.known) return value;
    if (!name.known || typeof name.value === "object") return COMPUTED;
    made.push([String(name.value), value.value]);
  }
  return known(Object.fromEntries(made));
}

function evaluateMeaning(typing: Typing, meaning: Meaning, depth: number): DefaultValue {
  if (meaning.kind === "value" && meaning.definition.value !== null)
    return evaluateDefault(typing, { file: meaning.file, expression: meaning.definition.value }, depth + 1);
  if (meaning.kind === "member" && meaning.of.kind === "class") {
    const value = enumWireValue(typing, meaning.of, meaning.name);
    return value === undefined ? COMPUTED : known(value);
  }
  return COMPUTED;
}

type Maker = (numbers: readonly number[], args: readonly PyArgument[]) => Json | null;

const pad = (value: number, width = 2) => String(value).padStart(width, "0");
const dateText = ([year = 1, month = 1, day = 1]: readonly number[]) =>
  `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
const timeText = ([hour = 0, minute = 0, second = 0]: readonly number[]) =>
  `${pad(hour)}:${pad(minute)}:${pad(second)}`;
const UNIT_SECONDS: Readonly<Record<string, number>> = {
  weeks: 604_800,
  days: 86_400,
  hours: 3600,
  minutes: 60,
  seconds: 1,
};

/** Calls whose result is plain from their arguments. */
const makers: Readonly<Record<string, Maker>> = {
  "datetime.date": (numbers) => (numbers.length === 3 ? dateText(numbers) : null),
  "datetime.datetime": (numbers) =>
    numbers.length >= 3 && numbers.length <= 6 ? `${dateText(numbers)}T${timeText(numbers.slice(3))}` : null,
  "datetime.time": (numbers) => (numbers.length <= 3 ? timeText(numbers) : null),
  "datetime.timedelta": (numbers, args) => durationText(args, numbers),
  list: (_, args) => (args.length === 0 ? [] : null),
  tuple: (_, args) => (args.length === 0 ? [] : null),
  set: (_, args) => (args.length === 0 ? [] : null),
  frozenset: (_, args) => (args.length === 0 ? [] : null),
  dict: (_, args) => (args.length === 0 ? {} : null),
};
/** Calls of one text that stands for the value on the wire too. */
const TEXT_MAKERS =
  /^(?:decimal\.Decimal|uuid\.UUID|pathlib\.(?:Pure|Posix)?Path|fractions\.Fraction|zoneinfo\.ZoneInfo)$/;

function evaluateCall(
  typing: Typing,
  { file }: Hint,
  { callee, args }: { callee: PyExpression; args: readonly PyArgument[] },
): DefaultValue {
  if (callee.kind !== "name") return COMPUTED;
  const meaning = resolveName(typing.bundle, file, callee.path);
  if (meaning.kind !== "library") return COMPUTED;
  const [only] = args;
  if (TEXT_MAKERS.test(meaning.path) && args.length === 1 && only !== undefined && only.name === null)
    return textOf(only.value);
  const maker = Object.hasOwn(makers, meaning.path) ? makers[meaning.path] : undefined;
  const numbers = args.map(({ value }) => (value.kind === "number" ? Number(value.digits) : Number.NaN));
  const isNamed = args.some(({ name }) => name !== null);
  if (maker === undefined || numbers.some(Number.isNaN) || (isNamed && meaning.path !== "datetime.timedelta"))
    return COMPUTED;
  const made = maker(numbers, args);
  return made === null ? COMPUTED : known(made);
}

function textOf(value: PyExpression): DefaultValue {
  if (value.kind === "text") return known(value.value);
  return value.kind === "number" ? known(value.digits) : COMPUTED;
}

/** `timedelta(days=1, hours=2)` as ISO 8601; null for parts that are not whole seconds. */
function durationText(args: readonly PyArgument[], numbers: readonly number[]): string | null {
  const positions = ["days", "seconds"];
  let seconds = 0;
  for (const [index, { name }] of args.entries()) {
    const unit = UNIT_SECONDS[name ?? positions[index] ?? ""];
    if (unit === undefined) return null;
    seconds += (numbers[index] ?? 0) * unit;
  }
  return Number.isSafeInteger(seconds) && seconds >= 0 ? `PT${seconds}S` : null;
}
