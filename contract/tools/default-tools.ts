import type { RouteId } from "../routes.ts";
import type { PlatformTool } from "./tool.ts";

type Hints = Partial<Pick<PlatformTool, "readOnly" | "destructive" | "idempotent" | "openWorld">>;

const reads: Hints = { readOnly: true, idempotent: true };
const repeatable: Hints = { idempotent: true };
const takesAway: Hints = { destructive: true, idempotent: true };

function tool(
  name: string,
  route: RouteId,
  words: { title: string; description: string; hints?: Hints },
): PlatformTool {
  const { title, description, hints = {} } = words;
  const plain = { readOnly: false, destructive: false, idempotent: false, openWorld: false };
  return { name, route, toolset: "default", title, description, ...plain, ...hints };
}

/** What every client gets: from a folder of code to a worker that runs on a schedule, by itself. */
export const defaultTools: readonly PlatformTool[] = [
  tool("worker_validate", "validateWorker", {
    title: "Check a worker",
    description:
      "Check worker.yml and its files without storing anything. Use it before worker_deploy. Gives every mistake with file, line and how to write it instead.",
    hints: reads,
  }),
  tool("worker_deploy", "deploy", {
    title: "Deploy a worker",
    description:
      "Make a folder of code a worker, or a new version of one: give `code` (one Python file of typed functions) or `files` (worker.yml with run.py, run.js, run.sh, or Python files of typed functions). Gives the worker's name, its actions with their input schemas, and secrets that are missing: set those with secret_set, then run it with run_start.",
    hints: repeatable,
  }),
  tool("worker_list", "listWorkers", {
    title: "List workers",
    description: "List the workers of the workspace with their state and last run. Then worker_get for one.",
    hints: reads,
  }),
  tool("worker_get", "getWorker", {
    title: "Show a worker",
    description:
      "Show one worker: its manifest, inputs, triggers, statistics and files. Use it before you run or change it.",
    hints: reads,
  }),
  tool("worker_files", "downloadWorkerBundle", {
    title: "Read a worker's files",
    description:
      "List the files of a worker, or read one with `path`. To change files, deploy the whole folder again with worker_deploy.",
    hints: reads,
  }),
  tool("worker_update", "changeWorker", {
    title: "Change a worker's settings",
    description:
      "Change name, description, trigger, schedule or standing inputs of a worker in its worker.yml, as a new version. For code use worker_deploy.",
    hints: repeatable,
  }),
  tool("worker_delete", "deleteWorker", {
    title: "Delete a worker",
    description:
      "Delete a worker with its versions and triggers. Its runs stay on record. It cannot be taken back: ask the person first.",
    hints: takesAway,
  }),
  tool("run_start", "startRun", {
    title: "Run a worker",
    description:
      "Start a run and wait up to `wait` seconds (25 unless you say otherwise) for its end. Gives status and outputs, or the run's id while it is under way: then call run_wait. `action` says which function, where a worker has several. Nothing guards against a repeat by itself: give `idempotency_key` (any text of your own), and where an answer was lost call again with the same one.",
    hints: { openWorld: true },
  }),
  tool("run_wait", "streamRunEvents", {
    title: "Wait for a run",
    description:
      "Wait up to `seconds` (50 at most) for a run's end, and give its status, outputs and last log lines. Call it again while the status is queued or running.",
    hints: reads,
  }),
  tool("run_get", "getRun", {
    title: "Show a run",
    description:
      "Show one run: status, inputs, outputs, error with what to do about it, attempts, files and cost.",
    hints: reads,
  }),
  tool("run_list", "listRuns", {
    title: "List runs",
    description: "List runs, newest first, of one worker or by status. Then run_get for one.",
    hints: reads,
  }),
  tool("run_logs", "getRunLogs", {
    title: "Read a run's log",
    description: "Read the log of a run line by line; `after` goes on where an earlier page ended.",
    hints: reads,
  }),
  tool("run_cancel", "cancelRun", {
    title: "Cancel a run",
    description: "Stop a run that waits or is under way. One that has ended stays as it is.",
    hints: takesAway,
  }),
  tool("run_replay", "replayRun", {
    title: "Run again",
    description:
      "Run the same inputs again, on the version of then, or with `version` active on the one in use now, or `dry` without the network. Use it after a fix. Each call starts a run: where an answer was lost look at run_list first.",
    hints: { openWorld: true },
  }),
  tool("store_get", "getStoreValue", {
    title: "Read a stored value",
    description: "Read what a worker (or, without `worker`, the workspace) keeps under a key.",
    hints: reads,
  }),
  tool("store_set", "setStoreValue", {
    title: "Store a value",
    description: "Keep any JSON under a key of a worker's store, or of the workspace's without `worker`.",
    hints: repeatable,
  }),
  tool("store_list", "listStore", {
    title: "List stored keys",
    description: "List the keys of a worker's store, or of the workspace's without `worker`, by `prefix`.",
    hints: reads,
  }),
  tool("store_delete", "deleteStoreValue", {
    title: "Delete a stored value",
    description: "Delete one key of a worker's store, or of the workspace's without `worker`.",
    hints: takesAway,
  }),
  tool("secret_list", "listSecrets", {
    title: "List secrets",
    description: "List the names of secrets and who uses them. What a secret holds is never shown.",
    hints: reads,
  }),
  tool("secret_set", "setSecret", {
    title: "Set a secret",
    description:
      "Set what a secret holds, for workers that declare it; with `hosts` it goes to those hosts alone and never into the sandbox. Prefer that a person sets it with `floom secrets set NAME`, so that it is in no conversation.",
    hints: repeatable,
  }),
  tool("secret_delete", "deleteSecret", {
    title: "Delete a secret",
    description: "Delete a secret. Workers that declare it cannot start until it is set again.",
    hints: takesAway,
  }),
  tool("schedule_set", "createTrigger", {
    title: "Set a schedule",
    description:
      "Run a worker on a schedule: five fields of cron in a time zone, with `inputs`. With `trigger` an existing schedule is changed. Gives the trigger with its next times; schedule_list shows what became of the last ones.",
    hints: { openWorld: true },
  }),
  tool("schedule_list", "listTriggers", {
    title: "List schedules",
    description: "List schedules and webhooks, of one worker or of all, with their next times and last runs.",
    hints: reads,
  }),
  tool("schedule_delete", "deleteTrigger", {
    title: "Delete a schedule",
    description: "Delete a schedule or webhook that was made beside worker.yml.",
    hints: takesAway,
  }),
  tool("version_list", "listVersions", {
    title: "List versions",
    description: "List a worker's versions, newest first, with who pushed each. Then version_diff.",
    hints: reads,
  }),
  tool("version_diff", "diffVersions", {
    title: "Compare two versions",
    description: "Show what differs between two versions of a worker, file by file.",
    hints: reads,
  }),
  tool("version_rollback", "rollbackWorker", {
    title: "Go back to a version",
    description:
      "Make an earlier version the active one, with its schedule. `force` sets aside a guard that the refusal names.",
    hints: repeatable,
  }),
  tool("share_create", "createWorkerShare", {
    title: "Share a worker by a link",
    description:
      "Make a link by which anybody who has it can run the worker on a page, as the owner's. Ask the person first. The link is shown once.",
  }),
  tool("share_list", "listShares", {
    title: "List shared links",
    description: "List the links that are good, of one worker or of all. Then share_revoke.",
    hints: reads,
  }),
  tool("share_revoke", "deleteShare", {
    title: "Revoke a shared link",
    description: "End a link at once.",
    hints: takesAway,
  }),
  tool("approval_list", "listApprovals", {
    title: "List approvals",
    description: "List what waits for a person's decision, with exactly what would be done.",
    hints: reads,
  }),
  tool("approval_decide", "approveApproval", {
    title: "Decide an approval",
    description:
      "Approve (also with an edited output) or reject what a run asks. People decide: where you act by a token the answer is the page on which a person does.",
    hints: { openWorld: true },
  }),
];
