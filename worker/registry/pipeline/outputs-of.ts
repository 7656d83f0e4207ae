import type { ActionDefinition, JsonSchema } from "#contract/actions/action";
import { isObject } from "../actions/compile-schema.ts";

/** The schema of an object with these members and no others. Pure. */
export const closed = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: "object",
  properties,
  additionalProperties: false,
});

/** What a run of an action has as its outputs: whatever is no object is the one output `result`; {} where nothing is known. Pure. */
export function outputsOf({ output_schema: schema }: Pick<ActionDefinition, "output_schema">): JsonSchema {
  const isUnknown = Object.keys(schema).every((key) => key === "$schema" || key === "$defs");
  if (isUnknown || Object.hasOwn(schema, "$ref")) return {};
  const isOfOutputs = schema["type"] === "object" || isObject(schema["properties"]);
  return isOfOutputs ? schema : closed({ result: schema });
}
