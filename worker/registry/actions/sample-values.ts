import type { JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";
import type { Inputs } from "#contract/runs/run";
import { compileSchema, isObject } from "./compile-schema.ts";
import type { CompiledSchema } from "./compile-schema.ts";

/** So deep types are followed that hold themselves. */
const DEEPEST = 6;

/**
 * Inputs to start an action from: what its schema shows as default, example or choice, and for what is required else a
 * value of its type. Files have none: their real value is the id of an upload, which nobody can make up. Pure.
 */
export function sampleValues(schema: JsonSchema): Inputs {
  const value = sampleOf(compileSchema(schema), schema, 0);
  return isObject(value) ? value : {};
}

function sampleOf(compiled: CompiledSchema, part: JsonSchema, depth: number): Json | undefined {
  const schema = compiled.follow(part);
  const shown = schema["default"] ?? first(schema["examples"]) ?? schema["const"] ?? first(schema["enum"]);
  if (shown !== undefined || depth > DEEPEST) return shown;
  const branch = first(schema["anyOf"] ?? schema["oneOf"]);
  if (isObject(branch)) return sampleOf(compiled, branch, depth + 1);
  if (schema["type"] === "object") return sampleObject(compiled, schema, depth);
  if (schema["type"] === "array") return sampleArray(compiled, schema, depth);
  return sampleScalar(schema);
}

function first(list: Json | undefined): Json | undefined {
  return Array.isArray(list) ? list[0] : undefined;
}

function sampleObject(compiled: CompiledSchema, schema: JsonSchema, depth: number): Json {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) => {
      if (!isObject(property)) return [];
      const isShown = required.includes(name) || property["default"] !== undefined;
      const value = isShown ? sampleOf(compiled, property, depth + 1) : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function sampleArray(compiled: CompiledSchema, schema: JsonSchema, depth: number): Json {
  const tuple = Array.isArray(schema["prefixItems"]) ? schema["prefixItems"] : [];
  const items = tuple.length > 0 ? tuple : [schema["items"]];
  return items.flatMap((item) => {
    const value = isObject(item) ? sampleOf(compiled, item, depth + 1) : undefined;
    return value === undefined ? [] : [value];
  });
}

const TEXTS: Readonly<Record<string, string>> = {
  date: "2026-01-31",
  time: "09:30:00",
  "date-time": "2026-01-31T09:30:00Z",
  duration: "PT1H",
  email: "ada@example.com",
  uri: "https://example.com",
  uuid: "0190163d-8694-739b-aea5-966c26f8ad91",
  decimal: "1.50",
  fraction: "1/2",
  "time-zone": "UTC",
};

function sampleScalar({ type, format, minimum, maximum, minLength }: JsonSchema): Json | undefined {
  if (type === "boolean") return true;
  if (type === "integer" || type === "number") {
    const least = typeof minimum === "number" ? Math.max(1, minimum) : 1;
    return typeof maximum === "number" ? Math.min(least, maximum) : least;
  }
  if (type !== "string" || format === "floom-file") return undefined;
  const text = typeof format === "string" ? TEXTS[format] : undefined;
  return text ?? "example".padEnd(typeof minLength === "number" ? minLength : 0, "x");
}
