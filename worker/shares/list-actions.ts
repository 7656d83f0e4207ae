import type { Json } from "#contract/json";
import type { Field, Manifest } from "#contract/manifest/manifest";

/** What visitors may run, with the form of what goes in. */
export interface ShownAction {
  name: string;
  title: string;
  description: string;
  input_schema: Json;
  output_schema: Json;
}

const typeNames: Record<string, string> = { number: "number", integer: "integer", boolean: "boolean" };

function toSchema(field: Field): Json {
  const { label, description, options, bounds } = field;
  const isFile = field.kind === "file";
  return {
    ...(isFile ? { type: "string", format: "floom-file" } : { type: typeNames[field.type] ?? "string" }),
    title: label,
    ...(description === undefined ? {} : { description }),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(options === undefined ? {} : { enum: options }),
    ...(bounds?.minimum === undefined ? {} : { minimum: bounds.minimum }),
    ...(bounds?.maximum === undefined ? {} : { maximum: bounds.maximum }),
    ...(bounds?.min_length === undefined ? {} : { minLength: bounds.min_length }),
    ...(bounds?.max_length === undefined ? {} : { maxLength: bounds.max_length }),
    ...(field.accepts === undefined ? {} : { "x-floom-accept": field.accepts }),
  };
}

const toObject = (fields: readonly Field[]): Json => ({
  type: "object",
  properties: Object.fromEntries(fields.map((field) => [field.name, toSchema(field)])),
  required: fields.filter(({ required }) => required).map(({ name }) => name),
  additionalProperties: false,
});

/** The actions of a version that a door lets visitors run; `allowed` null for all. Pure. */
export function listActions(manifest: Manifest, allowed: readonly string[] | null): ShownAction[] {
  const { title, description, exec } = manifest;
  const only = {
    name: "run",
    title,
    description,
    input_schema: toObject(exec.inputs),
    output_schema: toObject(exec.outputs),
  };
  return [only].filter(({ name }) => allowed === null || allowed.includes(name));
}
