import { buildFailure } from "#contract/runs/run-failure";
import { ensureStored } from "../outcome/ensure-stored.ts";
import type { RunOutcome } from "../lifecycle/run-outcome.ts";
import type { WrittenFile } from "../ports/contexts.ts";
import type { AcceptedRun } from "./run-handle.ts";

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
    const sources = { ...deps, runId: spec.run_id, sandboxId: state.sandbox_id };
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
