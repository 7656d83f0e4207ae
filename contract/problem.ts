import * as z from "zod";

/** What the registry knows of a kind of refusal. */
interface ProblemKind {
  status: number;
  title: string;
  /** Sending the same request again later may work; the answer then carries Retry-After. */
  retryable: boolean;
  /** What to do about it, for the reference page. */
  remedy: string;
}

const kind = (status: number, title: string, remedy: string): ProblemKind => ({
  status,
  title,
  retryable: false,
  remedy,
});

const retryable = (problem: ProblemKind): ProblemKind => ({ ...problem, retryable: true });

/** Every refusal the API can give: code -> status, title, remedy. One page of the reference is generated from it. */
export const problems = {
  malformed_json: kind(
    400,
    "The body is not JSON",
    "Send a JSON document; the detail names the position of the first error.",
  ),
  invalid_request: kind(
    422,
    "The request does not fit",
    "Each entry of errors points at a field and says what it should be.",
  ),
  invalid_inputs: kind(
    422,
    "The inputs do not fit the worker",
    "Each entry of errors points at an input; GET the worker's sample-input for an example.",
  ),
  invalid_manifest: kind(
    422,
    "worker.yml has errors",
    "Each entry of errors has line, column, code and fix; `floom workers validate` shows them.",
  ),
  invalid_bundle: kind(
    422,
    "The bundle cannot be accepted",
    "Each entry of errors names a file and the reason; fix or leave out those files.",
  ),
  bundle_too_large: kind(
    413,
    "The bundle is too large",
    "Leave out what the worker does not need; the detail names the limit.",
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
  unauthenticated: kind(
    401,
    "Sign in first",
    "Send `Authorization: Bearer <token>`; locally the token is in .floom/token.",
  ),
  insufficient_scope: kind(403, "The token may not do this", "Use a token with the scope the detail names."),
  not_found: kind(
    404,
    "There is no such thing here",
    "Check the id; things of other workspaces cannot be seen.",
  ),
  unknown_route: kind(404, "There is no such route", "See /api/docs for the routes there are."),
  method_not_allowed: kind(
    405,
    "The method is not allowed here",
    "Use one of the methods the Allow header names.",
  ),
  conflict: kind(409, "Something else is there already", "Read the current state and decide again."),
  worker_exists: kind(409, "A worker of this name exists", "Update it with PUT, or choose another name."),
  worker_name_mismatch: kind(
    409,
    "worker.yml names another worker",
    "Push to the worker that worker.yml names, or change the name.",
  ),
  version_conflict: kind(
    409,
    "Somebody pushed in between",
    "Pull the newest version, merge, and push again.",
  ),
  worker_archived: kind(
    409,
    "The worker is archived",
    "Restore it first: POST /api/workers/{worker}/restore.",
  ),
  worker_paused: kind(409, "The worker is paused", "Resume it first."),
  worker_not_runnable: kind(
    409,
    "This kind of worker cannot run here yet",
    "The detail says what is missing.",
  ),
  missing_secrets: kind(
    409,
    "Secrets are missing",
    "This server keeps no secrets yet: take the names out of exec.secrets, or hand the values in as inputs.",
  ),
  idempotency_conflict: kind(
    409,
    "The idempotency key was used for something else",
    "Use a new key for a new request.",
  ),
  activation_refused: kind(
    409,
    "Activating this version would undo a safeguard",
    "Each entry of errors names a guard; send its name in `force` to set it aside.",
  ),
  run_not_ended: kind(409, "The run has not ended", "Wait for its end, or cancel it."),
  call_refused: kind(
    409,
    "The call to another worker is not allowed",
    "The detail names the rule: the list `calls` in worker.yml, depth, number of calls, a cycle, or a dry run.",
  ),
  run_not_pending: kind(409, "The run is not awaiting approval", "Read the run's status."),
  approval_decided: kind(
    409,
    "The approval has been decided",
    "The first decision stands; the detail says which it was.",
  ),
  approval_expired: kind(409, "The approval has expired", "Start the run again to be asked again."),
  approval_voted: kind(409, "You have voted on this already", "Somebody else must approve as well."),
  approval_own_request: kind(
    403,
    "Who started the run may not decide on it",
    "Ask somebody else: worker.yml says approvals.not_by_requester.",
  ),
  edits_not_allowed: kind(
    409,
    "This approval cannot be edited",
    "Approve it as it is, or reject it: several approvers must see the same thing.",
  ),
  review_link_invalid: kind(
    401,
    "Invalid or expired approval link",
    "Ask for a new link, or sign in and decide there.",
  ),
  hook_refused: kind(
    404,
    "There is no such hook, or its signature is wrong",
    "Check address, secret and clock; `floom deliveries list` tells the hook's owner what was wrong.",
  ),
  trigger_paused: kind(409, "The trigger is paused", "Resume it, then send the event again."),
  run_finished: kind(409, "The run has ended", "Read its record; start a new run to try again."),
  stale_attempt: kind(
    409,
    "Another attempt has taken over",
    "Nothing: the platform moved the run to a new sandbox.",
  ),
  queue_full: retryable(
    kind(429, "The worker's queue is full", "Wait as long as Retry-After says; the detail names the limit."),
  ),
  rate_limited: retryable(kind(429, "Too many requests", "Wait as long as Retry-After says.")),
  sandbox_unavailable: retryable(
    kind(503, "No sandbox can be started now", "Try again; locally run `floom doctor`."),
  ),
  unavailable: retryable(
    kind(503, "The service is busy or restarting", "Try again with the same idempotency key."),
  ),
  internal: retryable(kind(500, "Something broke on our side", "Report it with the request id.")),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problems;

/** One field that is wrong. `pointer` is a JSON Pointer (RFC 6901) into the request body, or a parameter's name. */
export const problemErrorSchema = z.object({
  pointer: z.string(),
  detail: z.string(),
  code: z.string().optional(),
  fix: z.string().optional(),
  file: z.string().optional(),
  line: z.int().positive().optional(),
  column: z.int().positive().optional(),
});
export type ProblemError = z.infer<typeof problemErrorSchema>;

/** The one error document, RFC 9457 (application/problem+json), with our extensions. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: z.string(),
  request_id: z.string(),
  retryable: z.boolean(),
  errors: z.array(problemErrorSchema).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const PROBLEM_CONTENT_TYPE = "application/problem+json";
