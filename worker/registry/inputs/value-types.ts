import { JsonRefused, readGivenJson } from "#contract/json";
import { numberFault } from "#contract/json-scan";
import type { Json } from "#contract/json";
import { isValueTypeName, valueTypes } from "#contract/manifest/value-types";
import type { ValueTypeName } from "#contract/manifest/value-types";

/** A value in the form the worker gets it, or why it cannot be one ("must be a number"). */
export type Conversion = { ok: true; value: Json } | { ok: false; detail: string };

interface ValueType {
  convert: (value: Json) => Conversion;
  /** A value of this type, for a sample. */
  sample: Json;
  /** Rule for text, by name of value-formats.ts. */
  format?: string;
}

const ok = (value: Json): Conversion => ({ ok: true, value });
const refuse = (detail: string): Conversion => ({ ok: false, detail });

/** Numbers and truth values become text, because command lines and forms cannot tell them apart. */
function toText(value: Json): Conversion {
  if (typeof value === "string") return ok(value);
  if (typeof value === "number" || typeof value === "boolean") return ok(String(value));
  return refuse("must be text");
}

/** Text that is a decimal number, with an exponent if need be, becomes a number; never another one than was written. */
function toNumber(value: Json): Conversion {
  if (typeof value === "number" && Number.isFinite(value)) return ok(value);
  const trimmed = typeof value === "string" ? value.trim() : "";
  const match = /^[+-]?(?:\d+(\.\d*)?|(\.\d+))([eE][+-]?\d+)?$/.exec(trimmed);
  if (match === null) return refuse("must be a number");
  const isWhole = match.slice(1).every((part) => part === undefined);
  const fault = numberFault(trimmed, isWhole);
  return fault === null ? ok(Number(trimmed)) : refuse(`must be a number that can be kept; it ${fault}`);
}

function toInteger(value: Json): Conversion {
  const number = toNumber(value);
  if (!number.ok) return number;
  if (Number.isSafeInteger(number.value)) return number;
  return refuse(
    Number.isInteger(number.value)
      ? "must be a whole number between -(2^53 - 1) and 2^53 - 1"
      : "must be a whole number",
  );
}

const YES = ["true", "yes", "on", "1"];
const NO = ["false", "no", "off", "0"];

/** The words that forms and command lines send, in any case; of numbers only 1 and 0. */
function toBoolean(value: Json): Conversion {
  if (typeof value === "boolean") return ok(value);
  const word =
    typeof value === "string" || typeof value === "number" ? String(value).trim().toLowerCase() : "";
  if (YES.includes(word)) return ok(true);
  return NO.includes(word) ? ok(false) : refuse("must be true or false");
}

/** Text is read as JSON, anything else is JSON already; `what` the value must be, for people. */
function readText(value: Json, what: string): Conversion {
  if (typeof value !== "string") return ok(value);
  try {
    return ok(readGivenJson(value));
  } catch (error) {
    return refuse(error instanceof JsonRefused ? `must be ${what}: ${error.message}` : `must be ${what}`);
  }
}

/**
 * A text is JSON already, and stays a text, except where it begins like an object or an array: forms and command lines
 * send those as text. So a text is never read twice.
 */
function toJsonValue(value: Json): Conversion {
  const isWritten = typeof value === "string" && /^\s*[[{]/.test(value);
  return isWritten ? readText(value, "JSON") : ok(value);
}

function toObject(value: Json): Conversion {
  const read = readText(value, "a JSON object");
  if (!read.ok) return read;
  const isObject = typeof read.value === "object" && read.value !== null && !Array.isArray(read.value);
  return isObject ? read : refuse("must be a JSON object");
}

function toArray(value: Json): Conversion {
  const read = readText(value, "a JSON array");
  if (!read.ok) return read;
  return Array.isArray(read.value) ? read : refuse("must be a JSON array");
}

const text = (sample: string, format?: string): ValueType => ({
  convert: toText,
  sample,
  ...(format === undefined ? {} : { format }),
});

const types: Record<ValueTypeName, ValueType> = {
  string: text("example"),
  text: text("example"),
  textarea: text("example text"),
  markdown: text("# Example"),
  code: text("print('example')"),
  password: text("example"),
  select: text("example"),
  color: text("#336699"),
  url: text("https://example.com", "url"),
  email: text("ada@example.com", "email"),
  date: text("2026-01-31", "date"),
  time: text("09:30", "time"),
  datetime: text("2026-01-31T09:30:00Z", "date-time"),
  number: { convert: toNumber, sample: 1 },
  integer: { convert: toInteger, sample: 1 },
  boolean: { convert: toBoolean, sample: true },
  json: { convert: toJsonValue, sample: {} },
  object: { convert: toObject, sample: {} },
  array: { convert: toArray, sample: [] },
};

/** The type of this name; an unknown one is treated as text. */
export function valueType(name: string): ValueType & { json: string } {
  const known = isValueTypeName(name) ? name : "string";
  return { ...types[known], json: valueTypes[known].json };
}
