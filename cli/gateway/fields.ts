import { isFieldName } from "./names.ts";
import type { EntryDraft } from "./report.ts";
import { isMap, listOf, mapOf, numberOf, textOf, textsOf } from "./yaml-source.ts";
import type { Yaml, YamlMap, YamlPath, YamlSource } from "./yaml-source.ts";

/** A field of worker.yml. */
export type Field = YamlMap & { name: string; type: string };

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "integer",
  number: "number",
  boolean: "boolean",
  array: "array",
  object: "object",
};
/** What a field of worker.yml can say of a JSON Schema. */
const SAID = [
  "type",
  "description",
  "title",
  "default",
  "enum",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "examples",
];
/** Formats that a field says in the same word. */
const FORMATS = ["email", "uuid", "date", "date-time", "time", "hostname", "ipv4", "ipv6"];

/** The properties of a schema as fields; a schema without any is one field that takes all. */
export function fieldsOf(
  schema: Yaml,
  { source, at, draft, whole }: { source: YamlSource; at: YamlPath; draft: EntryDraft; whole: string },
): Field[] {
  const map = mapOf(schema);
  // The gateway took a schema without a type for a map of properties.
  const isBare = map["type"] === undefined && map["properties"] === undefined;
  const properties = isBare ? map : mapOf(map["properties"]);
  const required = textsOf(map["required"]);
  const place = isBare ? at : [...at, "properties"];
  if (Object.keys(properties).length === 0) return [{ name: whole, type: "json", required: true }];
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isFieldName(name)) {
      draft.leave(source, [...place, name], "A field is named by letters, digits and underscores.");
      return [];
    }
    return [
      fieldOf(name, property, { isRequired: required.includes(name), source, at: [...place, name], draft }),
    ];
  });
}

function fieldOf(
  name: string,
  property: Yaml,
  {
    isRequired,
    source,
    at,
    draft,
  }: { isRequired: boolean; source: YamlSource; at: YamlPath; draft: EntryDraft },
): Field {
  const schema = mapOf(property);
  const known = textOf(schema["type"]);
  const options = listOf(schema["enum"]);
  const type = options.length > 0 ? "select" : (TYPES[known ?? ""] ?? "json");
  for (const key of Object.keys(schema)) {
    if (!SAID.includes(key) && !(key === "format" && isSaidFormat(schema)))
      draft.leave(source, [...at, key], `A field does not say ${key}; the worker has to look by itself.`);
  }
  const bounds = boundsOf(schema);
  return {
    name,
    type,
    ...(textOf(schema["title"]) === undefined ? {} : { label: schema["title"] }),
    ...(textOf(schema["description"]) === undefined ? {} : { description: schema["description"] }),
    ...(isRequired ? { required: true } : {}),
    ...(options.length > 0 ? { options } : {}),
    ...(schema["default"] === undefined || schema["default"] === null ? {} : { default: schema["default"] }),
    ...(Object.keys(bounds).length > 0 ? { bounds } : {}),
    ...(isSaidFormat(schema) ? { format: schema["format"] } : {}),
  };
}

const isSaidFormat = ({ type, format }: YamlMap): boolean =>
  type === "string" && FORMATS.includes(textOf(format) ?? "");

function boundsOf(schema: YamlMap): YamlMap {
  const pairs = [
    ["minimum", "minimum"],
    ["maximum", "maximum"],
    ["minLength", "min_length"],
    ["maxLength", "max_length"],
    ["minItems", "min_length"],
    ["maxItems", "max_length"],
  ] as const;
  return Object.fromEntries(
    pairs.flatMap(([from, to]) => (numberOf(schema[from]) === undefined ? [] : [[to, schema[from]]])),
  );
}

/** The schema of one property, wherever a schema keeps them. Pure. */
export function propertyOf(schema: Yaml, name: string): Yaml {
  const map = mapOf(schema);
  const properties = isMap(map["properties"]) ? map["properties"] : map;
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** The type of a field for what a property of a schema holds. Pure. */
export const typeOfProperty = (property: Yaml): string =>
  TYPES[textOf(mapOf(property)["type"]) ?? ""] ?? "json";
