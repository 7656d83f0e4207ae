import type { JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";
import type { ProblemError } from "#contract/problem";
import { pointerStep } from "../../platform/json-pointer.ts";
import { valueType } from "../inputs/value-types.ts";
import { isObject } from "./compile-schema.ts";
import type { CompiledSchema } from "./compile-schema.ts";
import { schemaFormatProblem } from "./schema-formats.ts";
import { whyNoFile } from "../inputs/file-value.ts";

/** A place in the inputs: names of members and numbers of items, from the outside in. */
export type Steps = readonly (string | number)[];

/** A file that the inputs name, at whichever depth. */
export interface NamedFile {
  steps: Steps;
  /** The id of an upload, or the file itself as a data: URL. */
  value: string;
  accepts: readonly string[];
  maxSizeMb: number | null;
}

/** What reads a value: the schema, and where files and faulty formats are told. */
export interface Reader {
  compiled: CompiledSchema;
  files: NamedFile[];
  errors: ProblemError[];
}

interface At {
  schema: JsonSchema;
  steps: Steps;
}

/**
 * A value as the schema means it: texts of forms and command lines become numbers where the schema takes numbers alone,
 * what was left away gets its default, and what says nothing is left away. Files and faulty formats are told to
 * the reader; whether the rest fits is for the schema itself to judge. Pure but for that.
 */
export function readValue(reader: Reader, value: Json, at: At): Json {
  const { compiled } = reader;
  const schema = compiled.follow(at.schema);
  const branches = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(branches)) {
    const branch = chooseBranch(compiled, branches.filter(isObject), value);
    return branch === null ? value : readValue(reader, value, { ...at, schema: branch });
  }
  const converted = convert(schema, value);
  if (isObject(converted)) return readMembers(reader, converted, { ...at, schema });
  if (Array.isArray(converted)) return readItems(reader, converted, { ...at, schema });
  if (typeof converted === "string") readText(reader, converted, { ...at, schema });
  return converted;
}

function readMembers(reader: Reader, value: Record<string, Json>, at: At): Json {
  const properties = isObject(at.schema["properties"]) ? at.schema["properties"] : {};
  const required = Array.isArray(at.schema["required"]) ? at.schema["required"] : [];
  const more = at.schema["additionalProperties"];
  const members: [string, Json][] = [];
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property)) continue;
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const schema = reader.compiled.follow(property);
    if (given === undefined || (!required.includes(name) && saysNothing(reader.compiled, property, given))) {
      const preset = property["default"] ?? schema["default"];
      if (preset !== undefined) members.push([name, preset]);
      continue;
    }
    members.push([name, readValue(reader, given, { schema: property, steps: [...at.steps, name] })]);
  }
  for (const [name, given] of Object.entries(value)) {
    if (Object.hasOwn(properties, name)) continue;
    const schema = isObject(more) ? more : {};
    members.push([name, readValue(reader, given, { schema, steps: [...at.steps, name] })]);
  }
  return Object.fromEntries(members);
}

function readItems(reader: Reader, value: readonly Json[], at: At): Json {
  const first = Array.isArray(at.schema["prefixItems"]) ? at.schema["prefixItems"] : [];
  const rest = at.schema["items"];
  return value.map((item, index) => {
    const schema = first[index] ?? rest;
    const place = { schema: isObject(schema) ? schema : {}, steps: [...at.steps, index] };
    return readValue(reader, item, place);
  });
}

function readText(reader: Reader, value: string, { schema, steps }: At): void {
  const { format } = schema;
  if (schema["type"] !== "string" || typeof format !== "string") return;
  const pointer = pointerTo(steps);
  if (format !== "floom-file") {
    const detail = schemaFormatProblem(format, value);
    if (detail !== null) reader.errors.push({ pointer, code: "invalid", detail });
    return;
  }
  const detail = whyNoFile(value);
  if (detail !== null) {
    reader.errors.push({ pointer, code: "invalid", detail });
    return;
  }
  const { "x-floom-accept": accepts, "x-floom-max-size-mb": most } = schema;
  const rules = Array.isArray(accepts) ? accepts : typeof accepts === "string" ? accepts.split(",") : [];
  reader.files.push({
    steps,
    value,
    accepts: rules.filter((rule) => typeof rule === "string").map((rule) => rule.trim()),
    maxSizeMb: typeof most === "number" ? most : null,
  });
}

/** The pointer into the body `{inputs: {...}}`. */
export function pointerTo(steps: Steps): string {
  return `/inputs${steps.map(pointerStep).join("")}`;
}

/**
 * Which of several types a value is: the first that it fits, its format too; else the only one that a text can be read
 * as. Null where none is. The value's own depth is judged once here, and once more below the branch that was chosen.
 */
function chooseBranch(
  compiled: CompiledSchema,
  branches: readonly JsonSchema[],
  value: Json,
): JsonSchema | null {
  const fitting = branches.filter((branch) => compiled.fits(branch, value));
  const exact = fitting.find((branch) => !hasWrongFormat(compiled.follow(branch), value));
  if (exact !== undefined) return exact;
  if (fitting[0] !== undefined) return fitting[0];
  const readable = branches.find((branch) => {
    const schema = compiled.follow(branch);
    const converted = convert(schema, value);
    return converted !== value && compiled.fits(branch, converted);
  });
  if (readable !== undefined) return readable;
  const real = branches.filter((branch) => compiled.follow(branch)["type"] !== "null");
  return real.length === 1 ? (real[0] ?? null) : null;
}

function hasWrongFormat({ type, format }: JsonSchema, value: Json): boolean {
  if (type !== "string" || typeof format !== "string" || typeof value !== "string") return false;
  if (format === "floom-file") return whyNoFile(value) !== null;
  return schemaFormatProblem(format, value) !== null;
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

const READ_FROM_TEXT: readonly Json[] = ["integer", "number", "boolean", "object", "array"];

/** As scripts' inputs are read: the texts of a form or a command line count as what they read as. */
function convert(schema: JsonSchema, value: Json): Json {
  const { type, enum: options } = schema;
  if (Array.isArray(options)) {
    const isOne = options.some((option) => JSON.stringify(option) === JSON.stringify(value));
    const same =
      isOne || typeof value === "object" ? undefined : options.find((o) => textOf(o) === textOf(value));
    return same ?? value;
  }
  const isText = typeof value === "string";
  const isRead =
    (isText && type !== undefined && READ_FROM_TEXT.includes(type)) ||
    (type === "string" && (typeof value === "number" || typeof value === "boolean"));
  if (!isRead || typeof type !== "string") return value;
  const read = valueType(type).convert(value);
  return read.ok ? read.value : value;
}

/** Nothing where nothing is no value: null where it is not taken, a blank where no text is. */
function saysNothing(compiled: CompiledSchema, property: JsonSchema, value: Json): boolean {
  if (value !== null && value !== "") return false;
  const schema = compiled.follow(property);
  const branches = schema["anyOf"] ?? schema["oneOf"];
  const ways = Array.isArray(branches) ? branches.filter(isObject) : [property];
  return !ways.some((way) => compiled.fits(way, value) && !hasWrongFormat(compiled.follow(way), value));
}
