import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of contexts. */
export const contextProblems = {
  invalid_context: kind(
    422,
    "The context cannot be kept like this",
    "Each entry of errors names a file or a field and says what is wrong with it.",
  ),
  context_exists: kind(
    409,
    "A context of that name is there",
    "Choose another name, or change the one that is there.",
  ),
  context_in_use: kind(
    409,
    "Workers mount the context",
    "Take it out of their worker.yml first, or repeat the request with force=true.",
  ),
  context_full: kind(
    409,
    "The context, or the workspace, has all that it may have",
    "Delete what nobody needs any more, or split the context.",
  ),
  context_changed: kind(
    409,
    "The context was changed meanwhile",
    "Read it again and repeat the change on what it holds now.",
  ),
  context_secret_found: kind(
    422,
    "The files look as if they held secrets",
    "Each entry of errors names file and line, never the value. Take them out, or repeat with allow=true where they are none.",
  ),
  missing_contexts: kind(
    409,
    "Contexts are missing",
    "Make each context that worker.yml mounts, then start the run again.",
  ),
} as const satisfies Record<string, ProblemKind>;
