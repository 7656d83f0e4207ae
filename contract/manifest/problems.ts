import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of worker.yml. */
export const manifestProblems = {
  invalid_manifest: kind(
    422,
    "worker.yml has errors",
    "Each entry of errors has line, column, code and fix; `floom workers validate` shows them.",
  ),
  invalid_openapi: kind(
    422,
    "No worker can be made of the OpenAPI document",
    "The detail says what is wrong with it.",
  ),
} as const satisfies Record<string, ProblemKind>;
