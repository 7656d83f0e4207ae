import type { Json } from "#contract/json";
import { depthOf, isObject } from "../registry/actions/compile-schema.ts";
import { CompiledSchemas } from "../registry/actions/compile-schema.ts";
import { explainErrors } from "../registry/actions/explain-errors.ts";
import { canonicalJson } from "../platform/canonical-json.ts";
import type { ToolDefinition } from "./gate-api.ts";

/** The most that the arguments of one call may take as JSON, in characters. */
export const ARGUMENTS_CHARACTERS = 256 * 1024;
/** So many faults are told of at once. */
const MOST_TOLD = 10;

const compiled = new CompiledSchemas();

/** What is wrong with the arguments of a call, each fault with its JSON pointer; null where nothing is. */
export function judgeArguments({ input_schema }: ToolDefinition, given: Json): string | null {
  if (!isObject(given)) return "The arguments of a tool are an object of names and values.";
  if (JSON.stringify(given).length > ARGUMENTS_CHARACTERS)
    return `The arguments take more than ${ARGUMENTS_CHARACTERS} characters.`;
  const schema = compiled.get(canonicalJson(input_schema), input_schema);
  if (depthOf(given, schema.deepest) > schema.deepest)
    return `Lists and objects of the arguments lie in each other more than ${schema.deepest} deep.`;
  const units = schema.judge(given);
  if (units.length === 0) return null;
  const errors = explainErrors(schema, units, { pointer: "", noun: "input" });
  const told = errors.slice(0, MOST_TOLD).map(({ pointer, detail }) => `${pointer || "/"} ${detail}`);
  return told.length === 0 ? "The arguments do not fit the tool's schema." : told.join("; ");
}
