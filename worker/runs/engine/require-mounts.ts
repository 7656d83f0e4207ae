import type { AttemptContext } from "../lifecycle/run-state.ts";
import type { LaunchRefusal } from "../ports/executor.ts";
import type { AcceptedRun } from "./run-handle.ts";

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
