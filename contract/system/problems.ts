import { kind, retryable } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals that any request can meet. */
export const systemProblems = {
  malformed_json: kind(
    400,
    "The body is not JSON",
    "Send a JSON document; the detail names the position of the first error.",
  ),
  malformed_request: kind(
    400,
    "The request names no host or no path",
    "Send a Host header that is a host, and a path that begins with /.",
  ),
  wrong_host: kind(
    421,
    "The request was sent to a name that is not this server's",
    "Ask it at a loopback address, or at the address that FLOOM_PUBLIC_URL says.",
  ),
  cross_site_request: kind(
    403,
    "A page of another site cannot change anything",
    "Use the server's own pages; a program shows its token in a header.",
  ),
  invalid_request: kind(
    422,
    "The request does not fit",
    "Each entry of errors points at a field and says what it should be.",
  ),
  body_too_large: kind(
    413,
    "The request body is too large",
    "Send less at once; the detail names the limit.",
  ),
  unsupported_media_type: kind(
    415,
    "The content type is not accepted here",
    "Send one of the content types the detail names.",
  ),
  not_found: kind(
    404,
    "There is no such thing here",
    "Check the id; things of other workspaces cannot be seen.",
  ),
  unknown_route: kind(404, "There is no such route", "See /api/docs for the routes there are."),
  feature_missing: kind(
    501,
    "This server does not have that",
    "The detail names what is missing; the reference says what clients of the first Floom can do here.",
  ),
  method_not_allowed: kind(
    405,
    "The method is not allowed here",
    "Use one of the methods the Allow header names.",
  ),
  conflict: kind(409, "Something else is there already", "Read the current state and decide again."),
  idempotency_conflict: kind(
    409,
    "The idempotency key was used for something else",
    "Use a new key for a new request.",
  ),
  rate_limit_exceeded: retryable(
    kind(
      429,
      "Too many requests",
      "Wait as long as Retry-After says; `retry_after` says it too, in seconds.",
    ),
  ),
  unavailable: retryable(
    kind(503, "The service is busy or restarting", "Try again with the same idempotency key."),
  ),
  public_url_unset: retryable(
    kind(
      503,
      "The server does not know its own address",
      "Its operator sets FLOOM_PUBLIC_URL, the address at which it is reached, and deploys or starts it again.",
    ),
  ),
  internal: retryable(kind(500, "Something broke on our side", "Report it with the request id.")),
} as const satisfies Record<string, ProblemKind>;
