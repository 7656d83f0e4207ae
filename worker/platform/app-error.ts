import { problems } from "#contract/problem-registry";
import type { ProblemError } from "#contract/problem";
import type { ProblemCode } from "#contract/problem-registry";

export interface AppErrorOptions {
  /** Which fields are wrong. */
  errors?: ProblemError[];
  /** Seconds until a retry makes sense; sent as Retry-After. */
  retryAfterSeconds?: number;
  /** More response headers, e.g. Allow. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/**
 * The one error class of the edge: a code of the problem registry and a detail that is safe to show to a stranger and
 * says what to do. Thrown where the fault is first known; turned into an answer by the http room alone.
 */
export class AppError extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly options: AppErrorOptions;

  constructor(code: ProblemCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.status = problems[code].status;
    this.options = options;
  }
}

/** A thing that is missing, or that the caller may not know of: both read the same. `noun` as in "worker". */
export function notFound(noun: string): AppError {
  return new AppError("not_found", `There is no such ${noun} in this workspace.`);
}
