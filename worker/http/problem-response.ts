import { PROBLEM_CONTENT_TYPE } from "#contract/problem";
import { problems } from "#contract/problem-registry";
import type { Problem } from "#contract/problem";
import type { AppError } from "../platform/app-error.ts";

const DEFAULT_RETRY_SECONDS = 1;

/** The problem document (RFC 9457) for a refusal. `instance` is the request's path. */
export function buildProblem(error: AppError, request: { instance: string; requestId: string }): Problem {
  const kind = problems[error.code];
  return {
    type: `/api/docs#problem-${error.code}`,
    title: kind.title,
    status: kind.status,
    detail: error.message,
    instance: request.instance,
    code: error.code,
    request_id: request.requestId,
    retryable: passes(error),
    ...(error.options.errors ? { errors: error.options.errors } : {}),
    ...(error.code === "rate_limit_exceeded"
      ? { error_code: error.code, retry_after: retrySeconds(error) }
      : {}),
  };
}

/** Whether the same request may work later: as its kind says, or as the time says that this one carries. */
function passes({ code, options }: AppError): boolean {
  return problems[code].retryable || options.retryAfterSeconds !== undefined;
}

function retrySeconds({ options }: AppError): number {
  return Math.ceil(options.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS);
}

/** The answer for a refusal, with Retry-After whenever trying again makes sense. */
export function problemResponse(error: AppError, request: { instance: string; requestId: string }): Response {
  const headers = new Headers({ "content-type": PROBLEM_CONTENT_TYPE, ...error.options.headers });
  if (passes(error)) headers.set("retry-after", String(retrySeconds(error)));

  if (error.code === "unauthenticated") headers.set("www-authenticate", 'Bearer realm="floom"');
  return new Response(JSON.stringify(buildProblem(error, request)), { status: error.status, headers });
}
