import { carrierOf } from "./run-handle.ts";
import type { AcceptedRun } from "./run-handle.ts";
import type { AttemptContext } from "../lifecycle/run-state.ts";
import type { LaunchRefusal } from "../ports/executor.ts";
import type { RunOutcome } from "../lifecycle/run-outcome.ts";
import type { WrittenFile } from "../ports/contexts.ts";
import { buildFailure } from "#contract/runs/run-failure";
import { ensureStored } from "../outcome/ensure-stored.ts";

type Mounts =
  | { kind: "mounted"; contexts: readonly AttemptContext[]; archives: (() => Promise<ReadableStream>)[] }
  | { kind: "stale" }
  | LaunchRefusal;

/**
 * The contexts of the attempt, in the versions that are written down for it: settled by its first launch, so that a launch
 * that is tried again, by whichever object, brings the same files. Nothing is asked for a run that mounts none.
 */
export async function requireMounts(run: AcceptedRun, attempt: number): Promise<Mounts> {
  const { deps, record } = run;
  const { contexts: wanted = [], workspace_id } = record.spec;
  if (wanted.length === 0) return { kind: "mounted", contexts: [], archives: [] };
  if (record.state.mounted?.attempt !== attempt) {
    const { contexts, missing } = await deps.contexts.find(workspace_id, wanted);
    if (missing.length > 0) return refuseWithout(missing);
    await run.dispatch({ type: "mounted", attempt, contexts });
  }
  const { mounted } = record.state;
  if (mounted?.attempt !== attempt) return { kind: "stale" };
  const archives = mounted.contexts.map((context) => () => deps.contexts.openArchive(workspace_id, context));
  return { kind: "mounted", contexts: mounted.contexts, archives };
}

/** They were there when the run was accepted. */
function refuseWithout(names: readonly string[]): LaunchRefusal {
  const message = `Contexts that the worker mounts are not there any more, or may not be written: ${names.join(", ")}.`;
  return { kind: "refused", code: "missing_contexts", message, retryAfterMs: null };
}

/**
 * Makes versions of what the attempt changed in its contexts: after a good end alone, and once, however often it is asked
 * for, since what was written is known by run and attempt. Where it cannot be kept as it is, the run has failed: a change
 * must not be lost without a word. `unknown`: nobody can say yet where a file lies; `gone`: it went with its sandbox.
 */
export async function writeBack(
  run: AcceptedRun,
  attempt: number,
  outcome: RunOutcome,
): Promise<RunOutcome | "unknown" | "gone"> {
  const { deps, record, tally } = run;
  const { spec, state } = record;
  const left = tally.context_files ?? [];
  if (outcome.status !== "completed" || left.length === 0) return outcome;
  const contexts = state.mounted?.attempt === attempt ? state.mounted.contexts : [];
  const files: WrittenFile[] = [];
  for (const { context, path, size_bytes, sha256 } of left) {
    const mount = contexts.find(({ name, writeable }) => name === context && writeable);
    // The journal lies in the script's reach: what it says of a context that it may not write goes nowhere.
    if (mount === undefined) continue;
    const sources = { ...deps, executor: carrierOf(run), runId: spec.run_id, sandboxId: state.sandbox_id };
    const verdict = await ensureStored(sources, { path: `context/${context}/${path}`, size_bytes, sha256 });
    if (verdict === "unknown" || verdict === "gone") return verdict;
    if (verdict !== "stored")
      return fail(outcome, "context_refused", `${context}/${path} is not as the script handed it over.`);
    files.push({ context_id: mount.context_id, path, size_bytes, sha256 });
  }
  if (files.length === 0 || state.phase !== "finishing") return outcome;
  const { workspace_id: workspaceId, run_id: runId, worker_name: workerName } = spec;
  const verdict = await deps.contexts.write({ workspaceId, runId, workerName, attempt, contexts, files });
  if (verdict.kind !== "written") {
    const code = verdict.kind === "conflict" ? "context_conflict" : "context_refused";
    return fail(outcome, code, verdict.message);
  }
  await run.dispatch({ type: "wrote", attempt, versions: verdict.versions });
  return outcome;
}

function fail(
  outcome: RunOutcome,
  code: "context_conflict" | "context_refused",
  message: string,
): RunOutcome {
  return { ...outcome, status: "failed", failure: buildFailure(code, message) };
}
