import type { Problem, ProblemError } from "#contract/problem";
import { exitCodes } from "./exit-code.ts";
import type { ExitName } from "./exit-code.ts";

interface CliErrorOptions {
  exit: ExitName;
  /** A stable name of what went wrong, for scripts. */
  code: string;
  /** What to do about it. */
  hint?: string;
  errors?: ProblemError[];
  cause?: unknown;
}

/** A reason to stop that the CLI itself found, before or without an answer of the server. */
export class CliError extends Error {
  readonly exit: ExitName;
  readonly code: string;
  readonly hint: string | undefined;
  readonly errors: ProblemError[] | undefined;

  constructor(message: string, { exit, code, hint, errors, cause }: CliErrorOptions) {
    super(message, { cause });
    this.name = "CliError";
    this.exit = exit;
    this.code = code;
    this.hint = hint;
    this.errors = errors;
  }
}

/** The error as the document that `--json` prints: the API's own shape, with status 0 because no server spoke. */
export function toProblem(error: CliError): Problem {
  return {
    type: "about:blank",
    title: exitCodes[error.exit].meaning,
    status: 0,
    detail: error.hint === undefined ? error.message : `${error.message} ${error.hint}`,
    instance: "",
    code: error.code,
    request_id: "",
    retryable: error.exit === "unavailable",
    ...(error.errors === undefined ? {} : { errors: error.errors }),
  };
}

/** A wrong use of the command line. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(message, { exit: "usage", code: "usage", ...(hint === undefined ? {} : { hint }) });
}

/** The code of an answer that asking again does not change. */
export const UNEXPECTED_ANSWER = "unexpected_answer";

/** What answers is something else than Floom, or speaks otherwise. */
export function unexpectedAnswer(cause?: unknown): CliError {
  return new CliError("The server's answer does not fit what this CLI expects.", {
    exit: "unavailable",
    code: UNEXPECTED_ANSWER,
    hint: "Something else than Floom answers there, or one of another version: `floom doctor` says which, and the server's own checkout has its CLI.",
    cause,
  });
}
