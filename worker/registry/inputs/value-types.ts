import { parseJson } from "#contract/json";
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

/** Text that is a decimal number, with an exponent if need be, becomes a number. */
function toNumber(value: Json): Conversion {
  if (typeof value === "number" && Number.isFinite(value)) return ok(value);
  const trimmed = typeof value === "string" ? value.trim() : "";
  const isNumber =
    /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(trimmed) && Number.isFinite(Number(trimmed));
  return isNumber ? ok(Number(trimmed)) : refuse("must be a number");
}

function toInteger(value: Json): Conversion {
  const number = toNumber(value);
  if (number.ok && Number.isSafeInteger(number.value)) return number;
  return refuse("must be a whole number");
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

function parseText(value: Json): Json | undefined {
  if (typeof value !== "string") return value;
  try {
    return parseJson(value);
  } catch {
    return undefined;
  }
}

/** Text is read as JSON; anything else is JSON already. */
function toJsonValue(value: Json): Conversion {
  const parsed = parseText(value);
  return parsed === undefined ? refuse("must be JSON") : ok(parsed);
}

function toObject(value: Json): Conversion {
  const parsed = parseText(value);
  const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  return isObject ? ok(parsed) : refuse("must be a JSON object");
}

function toArray(value: Json): Conversion {
  const parsed = parseText(value);
  return Array.isArray(parsed) ? ok(parsed) : refuse("must be a JSON array");
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
