import { ownsLaunch } from "../lifecycle/launch-number.ts";
import type { MadeSandbox } from "../ports/executor.ts";
import type { AcceptedRun, LaunchTry, RunHandle } from "./run-handle.ts";

/**
 * A number for a try to launch that no try of the attempt has had, and that is written down before the provider is asked.
 * It costs a write only where an object takes up a launch that it did not begin. Null where the attempt is launched no more.
 */
export async function takeNumber(run: AcceptedRun, attempt: number): Promise<number | null> {
  const isUnused = run.unusedTry?.attempt === attempt && run.unusedTry.launch === run.record.state.launch;
  if (!isUnused) await run.dispatch({ type: "relaunching", attempt });
  const own = { attempt, launch: run.record.state.launch };
  if (!ownsLaunch(run.record.state, own)) return null;
  run.unusedTry = null;
  return own.launch;
}

/** The number of the sandbox that the current attempt's script is in, or is to be in; null while it may be any. */
export function chosenLaunch({ record, tally }: Pick<RunHandle, "record" | "tally">): number | null {
  return tally.launch ?? record?.state.sandbox_launch ?? null;
}

/**
 * Whether the script may be started in the sandbox that `own`, a try to launch, has got.
 *
 * At most one sandbox of an attempt is started, whatever call comes through late, whichever object believes to be the run's:
 *  - A first try asks whoever is the run's object now, once its sandbox is there. If that is itself, every later try
 *    begins after that, looks for sandboxes after that, and finds this one.
 *  - A later try writes down which sandbox it is, and what it sends leaves after that is durable. An object that has been
 *    replaced can write nothing, and every later try goes on with the sandbox that is written down.
 *  - An attempt of which a post was taken is in the sandbox that sent it.
 */
export async function mayStart(run: AcceptedRun, own: LaunchTry, made: MadeSandbox): Promise<boolean> {
  const { deps, record } = run;
  if (own.launch === 1) return deps.ownsLaunch(record.spec.run_id, own);
  const chosen = chosenLaunch(run);
  if (chosen !== null && chosen !== made.launch) return false;
  await run.dispatch({ type: "obtained", attempt: own.attempt, launch: made.launch });
  return record.state.sandbox_launch === made.launch;
}
