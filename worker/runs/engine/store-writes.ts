import { buildFailure } from "#contract/runs/run-failure";
import type { RunInput } from "../lifecycle/run-state.ts";
import { chosenLaunch } from "./own-sandbox.ts";
import type { AcceptedRun } from "./run-handle.ts";

type Settled = Extract<RunInput, { type: "settled" }>;

/*
 * What a transactional run writes to stores is kept with its success, all of it or nothing, whatever goes away meanwhile.
 * First each store holds it ready, and refuses if it cannot; then the run's end is saved; then each store is told. The
 * saved end is what decides: the stores are told of it until they have heard, and ask nobody.
 */

/**
 * A good end of a transactional attempt, once its writes are held ready; where they cannot be kept it is a failure. Null
 * where that is to be asked again.
 */
export async function prepareWrites(run: AcceptedRun, settled: Settled): Promise<Settled | null> {
  const { spec } = run.record;
  const { outcome, attempt } = settled;
  // A run that asks people begins anew once they have agreed, and writes then.
  const isToBeKept = spec.transactional && !spec.dry && outcome.failure === null && !settled.hold;
  if (!isToBeKept) return settled;
  const prepared = await run.deps.writes.prepare(spec, { attempt, launch: chosenLaunch(run) });
  if (prepared.kind === "ready") return settled;
  if (prepared.kind === "busy") return null;
  const message = `What the run wrote to the store could not be kept. ${prepared.detail}`;
  return {
    ...settled,
    outcome: { ...outcome, status: "failed", failure: buildFailure("store_conflict", message) },
  };
}

/** Tells the stores of a run's end. */
export async function decideWrites({ deps, record: { spec, state } }: AcceptedRun): Promise<void> {
  if (!spec.transactional && !spec.dry) return;
  const isKept = state.outcome?.status === "completed" && !spec.dry;
  await deps.writes.decide(spec, isKept ? state.attempt : null);
}
