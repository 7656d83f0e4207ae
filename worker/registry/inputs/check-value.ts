import type { Json } from "#contract/json";
import type { Field } from "#contract/manifest/manifest";
import { formatProblem } from "./value-formats.ts";
import { valueType } from "./value-types.ts";
import type { Conversion } from "./value-types.ts";

/** What checking one value needs to know of its field. */
export type ValueRules = Pick<Field, "type" | "options" | "bounds" | "format">;

/** Converts one scalar value to its field's type and checks options, bounds and format, in this order. */
export function checkValue(rules: ValueRules, value: Json): Conversion {
  if (rules.options !== undefined && rules.options.length > 0)
    return checkOptions(rules.options, rules.type, value);
  const converted = valueType(rules.type).convert(value);
  if (!converted.ok) return converted;
  const detail = boundsProblem(rules, converted.value) ?? textProblem(rules, converted.value);
  return detail === null ? converted : { ok: false, detail };
}

/** The value of an option, which may be written as `{value, label}`. */
export function optionValue(option: Json): Json {
  const isLabelled =
    typeof option === "object" && option !== null && !Array.isArray(option) && "value" in option;
  return isLabelled ? (option["value"] ?? null) : option;
}

/** An option counts as chosen when it reads the same: "3" chooses 3. An array chooses several of them. */
function checkOptions(options: Json[], type: string, value: Json): Conversion {
  const values = options.map(optionValue);
  if (Array.isArray(value) && type === "array") return checkChoices(values, value);
  const chosen = values.find((option) => readsTheSame(option, value));
  if (chosen !== undefined) return { ok: true, value: chosen };
  return { ok: false, detail: `must be one of ${values.map(show).join(", ")}` };
}

function checkChoices(options: Json[], chosen: Json[]): Conversion {
  const values = chosen.map((choice) => options.find((option) => readsTheSame(option, choice)));
  const known = values.filter((value) => value !== undefined);
  if (known.length === chosen.length) return { ok: true, value: known };
  return { ok: false, detail: `must hold only ${options.map(show).join(", ")}` };
}

function readsTheSame(option: Json, value: Json): boolean {
  return typeof option === "object" || typeof value === "object"
    ? JSON.stringify(option) === JSON.stringify(value)
    : String(option) === String(value);
}

function show(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Why a value is beyond the field's bounds, as the end of a sentence; null when it is not. Pure. */
export function boundsProblem({ bounds }: ValueRules, value: Json): string | null {
  if (bounds === undefined) return null;
  if (typeof value === "number") {
    if (bounds.minimum !== undefined && value < bounds.minimum) return `must be at least ${bounds.minimum}`;
    if (bounds.maximum !== undefined && value > bounds.maximum) return `must be at most ${bounds.maximum}`;
    return null;
  }
  const [length, unit] = typeof value === "string" ? [[...value].length, "characters"] : countItems(value);
  if (length === null) return null;
  if (bounds.min_length !== undefined && length < bounds.min_length)
    return `must have at least ${bounds.min_length} ${unit}`;
  if (bounds.max_length !== undefined && length > bounds.max_length)
    return `must have at most ${bounds.max_length} ${unit}`;
  return null;
}

function countItems(value: Json): [number | null, string] {
  return Array.isArray(value) ? [value.length, "items"] : [null, ""];
}

/** The rule of the type (a url) and the rule of `format` both hold. */
function textProblem(rules: ValueRules, value: Json): string | null {
  const ofType = valueType(rules.type).format;
  const problem = typeof value !== "string" || ofType === undefined ? null : formatProblem(ofType, value);
  return problem ?? formatRuleProblem(rules, value);
}

/** Why a text is not of the field's `format`, as the end of a sentence; null when it is, or the field has none. Pure. */
export function formatRuleProblem({ format }: ValueRules, value: Json): string | null {
  return typeof value !== "string" || format === undefined ? null : formatProblem(format, value);
}
