import * as z from "zod";
import type { Json } from "#contract/json";
import type { TableRoute } from "#contract/routes";
import type { Schema } from "./loosen.ts";
import { loosen } from "./loosen.ts";

/** What an answer says in full; what would be longer is said less deeply. */
const MOST_CHARACTERS = 2_000;
const DEEPEST = 3;

/** The schema of what a tool answers: an object, whatever becomes of it. */
export interface OutputSchema {
  type: "object";
  [more: string]: Schema[string];
}

/** What any tool may say instead of its answer, or beside it: see `refuse` and `tell`. */
const beside: Schema = {
  truncated: {
    type: "string",
    description: "Stands here when something was cut, with how to come by the rest.",
  },
  code: { type: "string", description: "Of a refusal." },
  detail: { type: "string", description: "Of a refusal: what is wrong and what to do." },
  errors: { type: "array", description: "Of a refusal: each fault with its place." },
};

const schemaForm = z.record(z.string(), z.json());

/** What answers of such a form look like when they are told. Pure. */
export function outputOf(form: z.ZodType): OutputSchema {
  const { $schema: _, ...made } = z.toJSONSchema(form, {
    io: "output",
    unrepresentable: "any",
    reused: "inline",
  });
  return wrapOutput(schemaForm.parse(made));
}

/** What the answer of a route looks like as that of a tool: a list is its `items`, what is empty is `done`. Pure. */
export function outputOfRoute({ answer }: TableRoute): OutputSchema {
  if (answer.kind === "json") return outputOf(answer.schema);
  const told = answer.kind === "empty" ? { done: { type: "boolean" } } : { text: { type: "string" } };
  return { type: "object", properties: { ...told, ...beside } };
}

function wrapOutput(schema: Schema): OutputSchema {
  const isList = schema["type"] === "array";
  const whole: Schema = isList ? { type: "object", properties: { items: schema } } : schema;
  for (let depth = DEEPEST + 1; depth > 0; depth--) {
    const loose = loosen(whole, depth);
    if (depth === 1 || JSON.stringify(loose).length <= MOST_CHARACTERS) return withBeside(loose);
  }
  return { type: "object" };
}

/** A member that an answer and a refusal both have may be either; what is no object at all is told as its `value`. */
function withBeside(loose: Schema): OutputSchema {
  const { properties } = loose;
  if (typeof properties !== "object" || properties === null || Array.isArray(properties))
    return { type: "object", properties: beside };
  const both = Object.keys(beside).filter((name) => Object.hasOwn(properties, name));
  const merged = both.map((name): [string, Json] => [
    name,
    { anyOf: [properties[name] ?? {}, beside[name] ?? {}] },
  ]);
  return { type: "object", properties: { ...properties, ...beside, ...Object.fromEntries(merged) } };
}
