// Owns how a running script reaches a store: which ones are open to it, and whether it writes at once.
// Never lets a script that is over write: whoever holds the token of a lost or ended attempt is refused.
// Writes nothing itself.
import type { RunPrincipal } from "#contract/access/access";
import { AppError, notFound } from "../platform/app-error.ts";
import type { OpenedStore, StoreDeps } from "./service.ts";
import type { StorePlace } from "./store-api.ts";

/** A run as far as the store is concerned. */
export interface RunWriter {
  workspace_id: string;
  worker_id: string;
  /** Whether the script that asks is the one that the run has now. */
  permit: "granted" | "stale" | "ended";
  /** What it writes waits for the end of the run. */
  staged: boolean;
}

export interface RunStoreDeps extends StoreDeps {
  findWriter: (runId: string, from: { attempt: number; launch: number }) => Promise<RunWriter | null>;
}

/**
 * The store of the run's own worker, or of its workspace, as its script may use it now. Throws `not_found`, `run_finished`
 * and `stale_attempt`.
 */
export async function openStoreOfRun(
  deps: RunStoreDeps,
  { id, workspace_id, attempt, launch }: RunPrincipal,
  place: StorePlace["kind"],
): Promise<OpenedStore> {
  const writer = await deps.findWriter(id, { attempt, launch });
  if (writer === null || writer.workspace_id !== workspace_id) throw notFound("run");
  if (writer.permit === "ended")
    throw new AppError("run_finished", "The script that this token was made for has ended.");
  if (writer.permit === "stale")
    throw new AppError("stale_attempt", "A later attempt of this run has taken over.");
  const store = deps.openStore(
    place === "workspace" ? { kind: place, workspace_id } : { kind: place, worker_id: writer.worker_id },
  );
  return { store, staged: writer.staged ? { run_id: id, attempt, launch } : null };
}
