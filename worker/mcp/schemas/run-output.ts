import type { JsonSchema } from "#contract/actions/action";
import type { ToolResult } from "../tool-result.ts";
import { conforms } from "./conforms.ts";
import { loosen } from "./loosen.ts";
import type { Schema } from "./loosen.ts";
import type { OutputSchema } from "./tool-output.ts";

const DEEPEST = 4;
const text = (description: string): Schema => ({ type: "string", description });

/** What a run is told as, whose script has this to say of its outputs; see `describeRun`. Pure. */
export function outputOfRun(outputs: JsonSchema): OutputSchema {
  const properties: Schema = {
    run_id: text("For run_wait, run_get and run_logs."),
    worker: { type: "string" },
    version: { type: "integer" },
    status: text(
      "completed, failed, cancelled: it is over. queued, running: call run_wait. approval_required: a person decides at decide_at.",
    ),
    outputs: orNull(loosen(recordOf(outputs), DEEPEST)),
    outputs_as_returned: { description: "Instead of outputs, where they are not what the worker declares." },
    url: text("Its page, for people."),
    error: { type: "object", description: "Why it failed: kind, code, message, hint." },
    files: { type: "array", description: "Files that it left, each with the address of a resource." },
    log: { type: "array", description: "The last lines." },
    approval_id: { type: "string" },
    decide_at: text("The page on which a person decides."),
    next: text("What to do now."),
    truncated: text("Stands here when something was cut, with how to come by the rest."),
    code: text("Of a refusal: nothing was started."),
    detail: text("Of a refusal: what is wrong and what to do."),
    errors: { type: "array", description: "Of a refusal: each fault with its place." },
  };
  return { type: "object", properties };
}

/** A run's outputs by name: what a function returns that is no object stands under `result`. */
function recordOf(schema: JsonSchema): JsonSchema {
  const { type, properties } = schema;
  if (type === "object" || properties !== undefined) return schema;
  return typeof type === "string" ? { type: "object", properties: { result: schema } } : {};
}

function orNull(schema: Schema): Schema {
  const { type } = schema;
  if (type === undefined && schema["anyOf"] === undefined) return schema;
  return { anyOf: [schema, { type: "null" }] };
}

/**
 * The same result as its schema says. What a script returns is not held against what it declares, but clients hold it
 * against that and would refuse all of the answer: then it stands where anything may. Pure.
 */
export function keepDeclared(result: ToolResult, { properties }: OutputSchema): ToolResult {
  const told = result.structuredContent;
  const declared =
    typeof properties === "object" && properties !== null && !Array.isArray(properties) ? properties : {};
  const outputs = told?.["outputs"];
  if (outputs === undefined || conforms(outputs, declared["outputs"])) return result;
  return { ...result, structuredContent: { ...told, outputs: null, outputs_as_returned: outputs } };
}
