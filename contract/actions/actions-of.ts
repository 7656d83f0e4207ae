import type { Json } from "../json.ts";
import type { Field, Manifest } from "../manifest/manifest.ts";
import { isValueFormatName, isValueTypeName } from "../manifest/value-types.ts";
import type { ValueFormatName, ValueTypeName } from "../manifest/value-types.ts";
import type { ActionDefinition, JsonSchema } from "./action.ts";

/** The name of the one action of a worker that declares its inputs and outputs in worker.yml. */
export const SCRIPT_ACTION = "run";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/**
 * What a worker does, for forms, pages and tools: the actions that its functions are, else its script or agent as the
 * one action `run`, whose schemas say what worker.yml declares. Pure.
 */
export function actionsOf(
  manifest: Pick<Manifest, "actions" | "title" | "description" | "exec" | "example_input">,
): ActionDefinition[] {
  if (manifest.actions !== undefined && manifest.actions.length > 0) return manifest.actions;
  const { inputs, outputs } = manifest.exec;
  return [
    {
      name: SCRIPT_ACTION,
      title: manifest.title,
      description: manifest.description,
      input_schema: withExample(fieldsSchema(inputs), manifest.example_input),
      output_schema: outputs.length === 0 ? {} : fieldsSchema(outputs),
    },
  ];
}

function withExample(schema: JsonSchema, example: Manifest["example_input"]): JsonSchema {
  return example === undefined ? schema : { ...schema, examples: [example] };
}

/** Declared inputs or outputs as the JSON Schema of an object. Pure. */
export function fieldsSchema(fields: readonly Field[]): JsonSchema {
  const required = fields.filter((field) => field.required && field.default === undefined);
  return {
    $schema: DIALECT,
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field.name, schemaOfField(field)])),
    ...(required.length > 0 && { required: required.map(({ name }) => name) }),
    additionalProperties: false,
  };
}

/** One declared input or output as JSON Schema. Pure. */
export function schemaOfField(field: Field): JsonSchema {
  const shape = field.kind === "file" ? fileShape(field) : scalarShape(field);
  return {
    title: field.label,
    ...(field.description !== undefined && { description: field.description }),
    ...shape,
    ...(field.placeholder !== undefined && { "x-floom-placeholder": field.placeholder }),
    ...(field.default !== undefined && { default: field.default }),
    ...(field.examples !== undefined && field.examples.length > 0 && { examples: field.examples }),
  };
}

function fileShape({ accepts, accept_csv: isTable, columns, ...field }: Field): JsonSchema {
  const accept = accepts ?? (isTable ? [".csv", "text/csv"] : []);
  return {
    type: "string",
    format: "floom-file",
    ...(accept.length > 0 && { "x-floom-accept": accept }),
    ...(field.max_size_mb !== undefined && { "x-floom-max-size-mb": field.max_size_mb }),
    ...(field.media_type !== undefined && { contentMediaType: field.media_type }),
    ...(columns !== undefined && columns.length > 0 && { "x-floom-columns": columns }),
  };
}

function scalarShape(field: Field): JsonSchema {
  const type = isValueTypeName(field.type) ? field.type : "string";
  const base: JsonSchema = { ...typeShapes[type], ...formatShape(field.format) };
  const options = field.options ?? [];
  if (options.length === 0) return { ...base, ...boundsShape(field) };
  const { type: _, ...rest } = base;
  const choices = { enum: options.map(valueOfOption), ...labelsOf(options) };
  return type === "array" ? { ...base, items: choices, ...boundsShape(field) } : { ...rest, ...choices };
}

const text = (more: JsonSchema = {}): JsonSchema => ({ type: "string", ...more });
const widget = (name: string): JsonSchema => text({ "x-floom-widget": name });

const typeShapes: Readonly<Record<ValueTypeName, JsonSchema>> = {
  string: text(),
  text: text(),
  textarea: widget("textarea"),
  markdown: widget("markdown"),
  code: widget("code"),
  password: widget("password"),
  color: widget("color"),
  select: text(),
  url: text({ format: "uri" }),
  email: text({ format: "email" }),
  date: text({ format: "date" }),
  time: text({ format: "time" }),
  datetime: text({ format: "date-time" }),
  number: { type: "number" },
  integer: { type: "integer" },
  boolean: { type: "boolean" },
  json: {},
  object: { type: "object" },
  array: { type: "array" },
};

const formatNames: Partial<Record<ValueFormatName, string>> = { url: "uri", datetime: "date-time" };

function formatShape(format: string | undefined): JsonSchema {
  if (format === undefined || !isValueFormatName(format)) return {};
  return { format: formatNames[format] ?? format };
}

function boundsShape({ type, bounds }: Field): JsonSchema {
  if (bounds === undefined) return {};
  const [least, most] = type === "array" ? ["minItems", "maxItems"] : ["minLength", "maxLength"];
  return {
    ...(bounds.minimum !== undefined && { minimum: bounds.minimum }),
    ...(bounds.maximum !== undefined && { maximum: bounds.maximum }),
    ...(bounds.min_length !== undefined && { [least]: bounds.min_length }),
    ...(bounds.max_length !== undefined && { [most]: bounds.max_length }),
  };
}

function isLabelled(option: Json): option is Record<string, Json> {
  return typeof option === "object" && option !== null && !Array.isArray(option) && "value" in option;
}

function valueOfOption(option: Json): Json {
  return isLabelled(option) ? (option["value"] ?? null) : option;
}

function labelsOf(options: readonly Json[]): JsonSchema {
  if (!options.some(isLabelled)) return {};
  const labels = options.map((option) => {
    const label = isLabelled(option) ? (option["label"] ?? option["value"] ?? "") : option;
    return typeof label === "string" ? label : JSON.stringify(label);
  });
  return { "x-floom-labels": labels };
}
