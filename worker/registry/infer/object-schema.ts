import type { Json } from "#contract/json";
import type { Schema } from "./typing.ts";

export interface ObjectField {
  name: string;
  schema: Schema;
  isRequired: boolean;
  /** As it is shown; undefined where there is none, or nobody can say it without running the code. */
  default?: Json | undefined;
}

/** An object of exactly these fields, in their order. Pure. */
export function objectSchema(fields: readonly ObjectField[], more: Schema = {}): Schema {
  const required = fields.filter((field) => field.isRequired).map((field) => field.name);
  const properties = Object.fromEntries(
    fields.map(({ name, schema, default: value }) => [
      name,
      value === undefined ? schema : { ...schema, default: value },
    ]),
  );
  return {
    type: "object",
    ...more,
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}
