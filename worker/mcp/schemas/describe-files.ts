import type { Json } from "#contract/json";
import type { Schema } from "./loosen.ts";

const FILE_WORDS =
  "A file: the id of an upload (POST /api/uploads), or a small file itself, as data:text/csv;name=a.csv;base64,... or data:text/plain,percent-encoded text.";

/** A schema in which each file says how it is given: a client knows no format of ours. Pure. */
export function describeFiles(schema: Schema): Schema {
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, describeAny(value)]));
  if (schema["format"] !== "floom-file") return inner;
  const { description } = schema;
  return {
    ...inner,
    description: typeof description === "string" ? `${description} ${FILE_WORDS}` : FILE_WORDS,
  };
}

function describeAny(value: Json): Json {
  if (Array.isArray(value)) return value.map(describeAny);
  return typeof value === "object" && value !== null ? describeFiles(value) : value;
}
