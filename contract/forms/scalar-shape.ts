import type { Json } from "../json.ts";
import type { FieldOption, FieldRules, FieldShape, FileKind, TextKind } from "./form.ts";
import { listOf, numberOf, textOf, textsOf } from "./schema-parts.ts";
import type { SchemaNode } from "./schema-parts.ts";

/** As few choices as this are all shown at once. */
const MOST_RADIOS = 4;
/** A text that may be longer than this gets several lines. */
const LONG_TEXT_CHARS = 200;
const MIB = 1024 * 1024;

const ruleNames = [
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minItems",
  "maxItems",
] as const;

/** What the schema demands of a value, as far as a form can say it while it is filled in. */
export function rulesOf(schema: SchemaNode): FieldRules {
  const rules: FieldRules = {};
  for (const name of ruleNames) {
    const bound = numberOf(schema[name]);
    if (bound !== undefined) rules[name] = bound;
  }
  const object = schema["type"] === "object";
  const [least, most] = [numberOf(schema["minProperties"]), numberOf(schema["maxProperties"])];
  if (object && least !== undefined) rules.minItems = least;
  if (object && most !== undefined) rules.maxItems = most;
  const pattern = textOf(schema["pattern"]);
  const format = schema["contentEncoding"] === "base64" ? "base64" : textOf(schema["format"]);
  if (pattern !== undefined) rules.pattern = pattern;
  if (format !== undefined) rules.format = format;
  if (schema["uniqueItems"] === true) rules.uniqueItems = true;
  if (schema["type"] === "integer") rules.isInteger = true;
  return rules;
}

interface ScalarFacts {
  required: boolean;
  initial?: Json;
}

/** The control of a value that one control can hold; null for lists, objects and what says nothing of its type. */
export function scalarShape(schema: SchemaNode, facts: ScalarFacts): FieldShape | null {
  const choices = optionsOf(schema);
  if (choices.length > 0) {
    const isSure = facts.required || facts.initial !== undefined;
    return { kind: isSure && choices.length <= MOST_RADIOS ? "radio" : "select", options: choices };
  }
  switch (schema["type"]) {
    case "boolean":
      if (facts.required || facts.initial !== undefined) return { kind: "switch" };
      return { kind: "select", options: [option(true, "Yes"), option(false, "No")] };
    case "integer":
    case "number":
      return numberShape(schema, facts);
    case "string":
      return schema["format"] === "floom-file" ? fileShape(schema) : textShape(schema);
    case "null":
      return { kind: "fixed", value: null };
    default:
      return null;
  }
}

const option = (value: Json, label: string): FieldOption => ({ value, label });

function optionsOf(schema: SchemaNode): FieldOption[] {
  const labels = textsOf(schema["x-floom-labels"]);
  return listOf(schema["enum"]).map((value, at) =>
    option(value, labels[at] ?? (typeof value === "string" ? value : JSON.stringify(value))),
  );
}

/** A slider always stands somewhere: what may be left out is typed. */
function numberShape(schema: SchemaNode, { required, initial }: ScalarFacts): FieldShape {
  const isBounded = numberOf(schema["minimum"]) !== undefined && numberOf(schema["maximum"]) !== undefined;
  const whole = schema["type"] === "integer" ? 1 : undefined;
  const isSure = required || initial !== undefined;
  const step = numberOf(schema["x-floom-step"]) ?? numberOf(schema["multipleOf"]) ?? whole ?? "any";
  return { kind: isSure && isBounded && schema["x-floom-widget"] === "slider" ? "slider" : "number", step };
}

const textKinds: Readonly<Record<string, TextKind | "date" | "time" | "datetime">> = {
  textarea: "long_text",
  markdown: "long_text",
  code: "code",
  password: "password",
  color: "color",
  email: "email",
  uri: "url",
  date: "date",
  time: "time",
  "date-time": "datetime",
};

const kindNamed = (name: string | undefined) =>
  name !== undefined && Object.hasOwn(textKinds, name) ? textKinds[name] : undefined;

function textShape(schema: SchemaNode): FieldShape {
  const kind = kindNamed(textOf(schema["x-floom-widget"])) ?? kindNamed(textOf(schema["format"]));
  if (kind !== undefined) return { kind };
  const initial = textOf(schema["default"]) ?? "";
  const mayBeLong = (numberOf(schema["maxLength"]) ?? 0) > LONG_TEXT_CHARS || initial.includes("\n");
  return { kind: mayBeLong || schema["contentEncoding"] === "base64" ? "long_text" : "text" };
}

function fileShape(schema: SchemaNode): FieldShape {
  const accept = textsOf(schema["x-floom-accept"]);
  const mostMib = numberOf(schema["x-floom-max-size-mb"]);
  return {
    kind: fileKindOf(accept),
    accept,
    multiple: false,
    maxBytes: mostMib === undefined ? null : mostMib * MIB,
    columns: textsOf(schema["x-floom-columns"]),
  };
}

function fileKindOf(accept: readonly string[]): FileKind {
  if (accept.length > 0 && accept.every((type) => type.startsWith("image/"))) return "image";
  return accept.some((type) => type === ".csv" || type === "text/csv") ? "csv" : "file";
}
