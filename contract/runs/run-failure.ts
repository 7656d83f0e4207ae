import * as z from "zod";
import { agentFailures } from "../agents/failures.ts";
import { queryFailures } from "../queries/failures.ts";
import { failureKinds } from "./lists.ts";

/** Whose turn it is after a failure: the author's code, a limit, a policy, the person who cancelled, or the platform. */
export const failureKindSchema = z.enum(failureKinds);
export type FailureKind = z.infer<typeof failureKindSchema>;

export const runFailureSchema = z.object({
  kind: failureKindSchema,
  code: z.string(),
  message: z.string().describe("A calm sentence that says what happened."),
  hint: z.string().describe("What to do next."),
  retryable: z.boolean(),
});
export type RunFailure = z.infer<typeof runFailureSchema>;

interface FailureCode {
  kind: FailureKind;
  message: string;
  hint: string;
  retryable: boolean;
}

const failure = (kind: FailureKind, message: string, hint: string): FailureCode => ({
  kind,
  message,
  hint,
  retryable: false,
});

/** Starting the run again may help without anybody changing anything. */
const retryable = (code: FailureCode): FailureCode => ({ ...code, retryable: true });

/** Every way a run can fail: code -> whose turn it is, sentence, hint. Codes as in Floom's API, section 4.12. */
export const failureCodes = {
  execution_error: failure(
    "worker",
    "The script ended with an error.",
    "Read the last lines of the log: they hold the script's own message.",
  ),
  worker_reported_error: failure(
    "worker",
    "The worker reported an error.",
    "The message is the worker's own; see the log for what led to it.",
  ),
  missing_result: failure(
    "worker",
    "The script ended without its declared outputs.",
    "Write result.json or every declared output file before the script ends.",
  ),
  invalid_result_json: failure(
    "worker",
    "result.json is not a JSON object.",
    "Write result.json with a JSON library and check it with `python -m json.tool`.",
  ),
  invalid_outputs_shape: failure(
    "worker",
    "The outputs in result.json are not an object.",
    'Write "outputs" as an object of name and value.',
  ),
  output_validation_failed: failure(
    "worker",
    "An output does not match what worker.yml declares.",
    "Change the script or the declaration of the named output.",
  ),
  store_conflict: retryable(
    failure(
      "worker",
      "What the run wrote to the store could not be kept.",
      "Start it again: it then sees what others have written meanwhile.",
    ),
  ),
  output_too_large: failure(
    "limit",
    "The outputs are larger than the limit.",
    "Write large results to a file output instead of result.json.",
  ),
  install_failed: failure(
    "worker",
    "The worker's dependencies could not be installed.",
    "Read the installer's lines in the log; pin versions that exist.",
  ),
  template_failed: failure(
    "worker",
    "The worker's sandbox template could not be built.",
    "Read the builder's lines in the log; correct the packages or the start command in template.yml.",
  ),
  timeout: retryable(
    failure(
      "limit",
      "The run took longer than its time limit.",
      "Raise limits.timeout_seconds in worker.yml or let the script do less at once.",
    ),
  ),
  sandbox_oom: failure(
    "limit",
    "The script used more memory than it may.",
    "Process the data in parts, or raise exec.resources.memory_mb.",
  ),
  disk_full: failure(
    "limit",
    "The sandbox's disk is full.",
    "Write less, or delete temporary files while the script runs.",
  ),
  invalid_worker: failure(
    "worker",
    "The worker's entry or command cannot be started.",
    "Check exec.entry and exec.command in worker.yml.",
  ),
  missing_secrets: failure(
    "policy",
    "Secrets that the worker declares are not set.",
    "Set them with `floom secrets set NAME`, then start the run again.",
  ),
  missing_contexts: failure(
    "policy",
    "Contexts that the worker mounts are not there.",
    "Make them with `floom contexts create NAME`, then start the run again.",
  ),
  context_conflict: retryable(
    failure(
      "policy",
      "Somebody else changed the same files of a context while the run worked on them.",
      "Start the run again: it then works on what the context holds now.",
    ),
  ),
  context_refused: failure(
    "worker",
    "What the script wrote into a context cannot be kept.",
    "Read what is said of the file; nothing of the run's changes was kept.",
  ),
  secret_in_file: failure(
    "policy",
    "A file that the script left holds the value of a secret.",
    "Write secrets to no output and no artifact: whoever may see the run may download them.",
  ),
  secrets_clash: failure(
    "policy",
    "Two secrets of the worker are put into the same header of requests to one host.",
    "Declare one of the two in worker.yml, or set one of them with another header.",
  ),
  spend_cap_exceeded: failure(
    "policy",
    "The run was ended because a spend cap is reached.",
    "`floom spend` shows what is spent of which cap: raise it, or wait until its day or month is over.",
  ),
  user_cancel: failure("cancelled", "The run was cancelled.", "Start it again when you want it to run."),
  cancelled_queued: failure(
    "cancelled",
    "The run was cancelled before it started.",
    "Start it again when you want it to run.",
  ),
  superseded: failure(
    "cancelled",
    "A newer run took its place.",
    "Nothing: worker.yml says concurrency.on_conflict: cancel_previous.",
  ),
  queue_expired: retryable(
    failure(
      "limit",
      "The run waited too long for its turn.",
      "Raise concurrency.limit in worker.yml or start fewer runs at once.",
    ),
  ),
  external_timeout: failure(
    "limit",
    "What the run waited for did not come in time.",
    "Raise timeout_seconds of await_external, or look why nobody called the worker's resume address.",
  ),
  e2b_sandbox_error: retryable(
    failure(
      "platform",
      "The sandbox could not be started or was lost.",
      "Nothing is wrong with the worker; start the run again, and check `floom doctor` if it stays.",
    ),
  ),
  e2b_quota_exhausted: retryable(
    failure(
      "platform",
      "The sandbox provider refuses more sandboxes now.",
      "Wait a little and start the run again.",
    ),
  ),
  missing_e2b_key: retryable(
    failure(
      "platform",
      "No sandbox provider is configured.",
      "Set E2B_API_KEY, or run locally with `npm start`.",
    ),
  ),
  journal_lost: retryable(
    failure(
      "platform",
      "The run's record could not be read back from its sandbox.",
      "Start the run again; report it if it happens twice.",
    ),
  ),
  internal_error: retryable(
    failure(
      "platform",
      "The platform failed while it handled the run.",
      "Start the run again; report it if it happens twice.",
    ),
  ),
  ...agentFailures,
  ...queryFailures,
} as const satisfies Record<string, FailureCode>;

export type FailureCodeName = keyof typeof failureCodes;

/** True for a code of the platform; a script may report one of its own. */
export function isFailureCode(code: string): code is FailureCodeName {
  return Object.hasOwn(failureCodes, code);
}

/** Whose turn it is after a failure with this code; one that nobody here knows, or none, is the worker's. */
export function failureKindOf(code: string | null): FailureKind {
  return code !== null && isFailureCode(code) ? failureCodes[code].kind : "worker";
}

/** Builds the failure for `code`; `message` replaces the general sentence when there is a better one. */
export function buildFailure(code: FailureCodeName, message?: string): RunFailure {
  const known: FailureCode = failureCodes[code];
  return {
    kind: known.kind,
    code,
    message: message ?? known.message,
    hint: known.hint,
    retryable: known.retryable,
  };
}
