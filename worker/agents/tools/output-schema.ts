import type { JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";
import type { Field } from "#contract/manifest/manifest";

const endings: Record<string, string> = {
  "text/markdown": "md",
  "text/csv": "csv",
  "application/json": "json",
  "text/plain": "txt",
  "text/html": "html",
};

/** Where a declared output that is a file lies. Pure. */
export function outputPath({ name, path, media_type }: Field): string {
  return path ?? `out/${name}.${endings[media_type ?? ""] ?? "bin"}`;
}

export const isJsonOutput = ({ kind, type, media_type }: Field): boolean =>
  kind === "file" ? media_type === "application/json" : type === "json" || type === "object";

/** What the value of one declared output has to be, as a model is told of it. Pure. */
export function outputSchema(field: Field): JsonSchema {
  const { description, label, json_required_keys: keys = [], columns = [] } = field;
  const notes = [
    description ?? label,
    columns.length > 0 ? `CSV with the columns ${columns.join(", ")}` : "",
  ];
  const described = { description: notes.filter((note) => note !== "").join(". ") };
  if (isJsonOutput(field)) {
    return keys.length > 0
      ? { ...described, type: "object", required: [...keys] }
      : { ...described, type: ["object", "array"] };
  }
  if (field.kind === "file")
    return { ...described, type: "string", ...(field.required ? { minLength: 1 } : {}) };
  return { ...described, ...scalarSchema(field) };
}

function scalarSchema({ type, required, options, bounds = {} }: Field): JsonSchema {
  switch (type) {
    case "number":
    case "integer":
      return {
        type,
        ...(bounds.minimum === undefined ? {} : { minimum: bounds.minimum }),
        ...(bounds.maximum === undefined ? {} : { maximum: bounds.maximum }),
      };
    case "boolean":
      return { type: "boolean" };
    case "select":
      return options === undefined ? {} : { enum: options.map(optionOf) };
    case "string":
    case "text":
    case "textarea":
    case "markdown":
    case "url":
    case "csv": {
      const least = bounds.min_length ?? (required ? 1 : undefined);
      return {
        type: "string",
        ...(least === undefined ? {} : { minLength: least }),
        ...(bounds.max_length === undefined ? {} : { maxLength: bounds.max_length }),
      };
    }
    default:
      return {};
  }
}

function optionOf(option: Json): Json {
  const isPair = typeof option === "object" && option !== null && !Array.isArray(option);
  return isPair && option["value"] !== undefined ? option["value"] : option;
}

/** The arguments of finish_with_outputs. Pure. */
export function finishSchema(fields: readonly Field[], isOptional: (field: Field) => boolean): JsonSchema {
  return {
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field.name, outputSchema(field)])),
    required: fields.filter((field) => field.required && !isOptional(field)).map(({ name }) => name),
    additionalProperties: false,
  };
}

/** What else is wrong with a value that its schema lets pass; null where nothing is. Pure. */
export function outputFault(field: Field, value: Json): string | null {
  const { columns = [], name } = field;
  if (typeof value !== "string") return null;
  if (field.required && value.trim() === "") return `${name} is empty.`;
  if (columns.length > 0) {
    const header = (value.split(/\r?\n/, 1)[0] ?? "")
      .split(",")
      .map((cell) => cell.trim().replaceAll('"', ""));
    const absent = columns.filter((column) => !header.includes(column));
    if (absent.length > 0) return `${name} lacks the columns ${absent.join(", ")} in its first line.`;
  }
  const looksLikePath = /^(?:\.{0,2}\/|out\/)[\w./-]+\.\w{1,5}$/.test(value.trim());
  if (field.kind === "scalar" && looksLikePath)
    return `${name} is a value and no file: write what belongs there, not a path.`;
  return null;
}

/** An example of a value that fits, for what has to be made up. Pure. */
export function exampleOf(field: Field): Json {
  const [example] = field.examples ?? [];
  if (example !== undefined) return example;
  const { json_required_keys: keys = [], columns = [] } = field;
  if (isJsonOutput(field)) return Object.fromEntries(keys.map((key) => [key, "example"]));
  if (columns.length > 0) return `${columns.join(",")}\n`;
  switch (field.type) {
    case "number":
    case "integer":
      return field.bounds?.minimum ?? 1;
    case "boolean":
      return true;
    case "select":
      return optionOf(field.options?.[0] ?? "example");
    case "url":
      return "https://example.com";
    default:
      return `Example of ${field.label}`;
  }
}
