import { readGivenJson } from "#contract/json";
import type { Json } from "#contract/json";
import { formatLimit, limits } from "#contract/limits";
import type { Field } from "#contract/manifest/manifest";
import type { ProblemError } from "#contract/problem";
import type { Inputs } from "#contract/runs/run";
import { pointerStep } from "../platform/json-pointer.ts";
import { acceptsFile } from "./inputs/accepts-file.ts";
import type { NamedAs } from "./inputs/accepts-file.ts";
import { checkValue, optionValue } from "./inputs/check-value.ts";
import type { ValueRules } from "./inputs/check-value.ts";
import { valueType } from "./inputs/value-types.ts";
import { didYouMean } from "./suggest.ts";
import { whyNoFile } from "./inputs/file-value.ts";

export interface CheckedInputs {
  /** What the worker gets: converted values and defaults; inputs without either are left out. */
  inputs: Inputs;
  /** Every problem; the inputs count only when there is none. Pointers are into the body `{inputs: {...}}`. */
  errors: ProblemError[];
}

/**
 * Checks and converts a run's inputs by the version's fields, once, for every way a run can start. A blank value counts
 * as not given, except for optional text. That the id of a file stands for an upload is for the caller to look up.
 */
export function checkInputs(fields: readonly Field[], given: Readonly<Inputs>): CheckedInputs {
  const unknown = Object.keys(given).filter((name) => !fields.some((field) => field.name === name));
  const errors = [...inputsTooLarge(given), ...unknown.map((name) => unknownInput(name, fields))];
  const inputs: [string, Json][] = [];
  for (const field of fields) {
    const outcome = checkField(field, Object.hasOwn(given, field.name) ? given[field.name] : undefined);
    if (outcome.error !== undefined) errors.push(outcome.error);
    else if (outcome.value !== undefined) inputs.push([field.name, outcome.value]);
  }
  return { inputs: Object.fromEntries(inputs), errors };
}

/**
 * Why a stored upload cannot be the value of this file input; null when it can. Types by media type or by ending, of any
 * name that its content came under.
 */
export function fileProblem(
  field: Field,
  file: NamedAs & { size: number; aliases?: readonly NamedAs[] },
): ProblemError | null {
  if (field.max_size_mb !== undefined && file.size > field.max_size_mb * 1024 * 1024)
    return problem(field.name, "too_large", `must be a file of at most ${field.max_size_mb} MiB`);

  const accepts = field.accepts ?? [];
  const names = [file, ...(file.aliases ?? [])];
  const fits = (rule: string) => names.some((named) => acceptsFile(rule, named));
  if (accepts.length === 0 || accepts.some(fits)) return null;
  return problem(field.name, "wrong_file_type", `must be a file of the type ${accepts.join(" or ")}`);
}

interface FieldOutcome {
  value?: Json;
  error?: ProblemError;
}

function checkField(field: Field, given: Json | undefined): FieldOutcome {
  if (isMissing(field, given)) {
    if (field.default !== undefined) return { value: convertDefault(field, field.default) };
    return field.required ? { error: problem(field.name, "missing", "is required") } : {};
  }
  if (given === undefined || (given === "" && !field.required))
    return given === undefined ? {} : { value: given };
  if (field.kind === "file") return checkFileId(field, given);
  const checked = checkValue(field, given);
  if (!checked.ok) return { error: problem(field.name, "invalid", checked.detail) };
  const fault = keysFault(field, checked.value);
  return fault === null ? { value: checked.value } : { error: problem(field.name, "missing_keys", fault) };
}

/** `json_required_keys` hold for a value as they do for a file; a text may be a JSON document. */
function keysFault({ json_required_keys: keys = [] }: Field, value: Json): string | null {
  if (keys.length === 0) return null;
  const document = typeof value === "string" ? parseJson(value) : value;
  if (typeof document !== "object" || document === null || Array.isArray(document))
    return `must be a JSON object with json_required_keys ${keys.join(", ")}`;
  const absent = keys.filter((key) => !Object.hasOwn(document, key));
  return absent.length === 0 ? null : `lacks json_required_keys ${absent.join(", ")}`;
}

function parseJson(text: string): Json {
  try {
    return readGivenJson(text);
  } catch {
    return null;
  }
}

/** A default as the same value becomes when somebody gives it: `no` of a boolean is false. */
export function convertDefault(rules: ValueRules, value: Json): Json {
  const checked = checkValue(rules, value);
  return checked.ok ? checked.value : value;
}

/**
 * Blanks are a value where they are one of the options, and where text is optional: a tab may be a separator. Else
 * nothing was given; a form cannot send nothing for a number.
 */
function isMissing(field: Field, given: Json | undefined): boolean {
  if (given === undefined || given === null) return true;
  if (typeof given !== "string" || given.trim() !== "") return false;
  if (field.kind === "file" || saysNothing(field, given)) return true;
  return field.required && (field.options ?? []).length === 0;
}

/** Whether a value, given or a default, is blank where a blank is no value of the field. Pure. */
export function saysNothing({ type, options = [] }: ValueRules, value: Json): boolean {
  if (typeof value !== "string" || value.trim() !== "") return false;
  if (options.length > 0) return !options.some((option) => optionValue(option) === value);
  return valueType(type).json !== "text";
}

function checkFileId(field: Field, given: Json): FieldOutcome {
  const detail = whyNoFile(given);
  return detail === null ? { value: given } : { error: problem(field.name, "invalid", detail) };
}

/** Inputs that take more room than a run keeps of them. Pure. */
export function inputsTooLarge(given: Readonly<Inputs>): ProblemError[] {
  const size = new TextEncoder().encode(JSON.stringify(given)).byteLength;
  if (size <= limits.inputs_bytes.value) return [];
  const detail = `are larger than ${formatLimit("inputs_bytes")}; send large data as a file input`;
  return [{ pointer: "/inputs", code: "too_large", detail }];
}

function unknownInput(name: string, fields: readonly Field[]): ProblemError {
  const names = fields.map((field) => field.name);
  const known = names.length === 0 ? "the worker takes no inputs" : `the worker takes ${names.join(", ")}`;
  return problem(name, "unknown", `is not an input of this worker: ${known}.${didYouMean(name, names)}`);
}

function problem(name: string, code: string, detail: string): ProblemError {
  return { pointer: `/inputs${pointerStep(name)}`, code, detail };
}
