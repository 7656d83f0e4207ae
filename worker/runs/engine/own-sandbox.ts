import { limits } from "#contract/limits";
import { isLaterUse, nextUse } from "#contract/runner/sandbox-use";
import { ownsLaunch } from "../lifecycle/launch-number.ts";
import { within } from "../../platform/within.ts";
import type { MadeSandbox } from "../ports/executor.ts";
import type { AcceptedRun, LaunchTry, RunHandle } from "./run-handle.ts";
import type { RunSpec } from "../spec/run-spec.ts";

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
 *  - One that has a turn in a sandbox of earlier runs writes that down as a later try does: it can be found by nothing else.
 *  - A later try writes down which sandbox it is, and what it sends leaves after that is durable. An object that has been
 *    replaced can write nothing, and every later try goes on with the sandbox that is written down.
 *  - An attempt of which a post was taken is in the sandbox that sent it.
 */
export async function mayStart(run: AcceptedRun, own: LaunchTry, made: MadeSandbox): Promise<boolean> {
  const { deps, record } = run;
  if (own.launch === 1 && made.turn === undefined) return deps.ownsLaunch(record.spec.run_id, own);
  const chosen = chosenLaunch(run);
  if (chosen !== null && chosen !== made.launch) return false;
  const { launch, turn } = made;
  await run.dispatch({
    type: "obtained",
    attempt: own.attempt,
    launch,
    ...(turn ? { sandbox_id: turn } : {}),
  });
  return record.state.sandbox_launch === launch;
}

/** A turn is told within a tenth of a second by its first post; who has heard none by then asks the sandbox. */
const HEARD_MS = 500;

/**
 * Listens for the first post of an attempt from now on. Answers what waits a short while for it: true once one was taken, of
 * whose runner it is then known that it has begun.
 */
export function waitForPost(run: AcceptedRun, attempt: number): () => Promise<boolean> {
  const { promise: heard, resolve } = Promise.withResolvers<true>();
  run.onHeard = (from) => {
    if (from === attempt) resolve(true);
  };
  return () => within(run.deps.after, HEARD_MS, () => heard).catch(() => false);
}

/** The turn in a sandbox of earlier runs that an earlier try of the attempt has written down. */
export function laterTurn({ record: { state } }: AcceptedRun): string | null {
  return isLaterUse(state.sandbox_id) ? state.sandbox_id : null;
}

/**
 * What is alike for all runs that may have turns in one sandbox: the version, and what its sandboxes are made of. Null for
 * a run that has to have its own. Pure.
 */
export function reuseKey({ reuse, version_id, template }: RunSpec): string | null {
  return reuse ? `${version_id} ${template?.name ?? ""}` : null;
}

/**
 * Leaves the attempt's sandbox for the next run of the version, or ends it where nobody wants it. Once only: should this be
 * forgotten, the sandbox ends by itself, while a repeat might end the one that another run has got meanwhile.
 */
export async function leaveSandbox(run: AcceptedRun, attempt: number): Promise<void> {
  await run.launching;
  const { deps, record, leaves } = run;
  const sandboxId = record.state.sandbox_id ?? leaves?.sandboxId ?? null;
  if (sandboxId === null) {
    await deps.executor.killAttempt(record.spec.run_id, attempt);
    return;
  }
  if (leaves?.attempt === attempt && (await offer(run, { ...leaves, sandboxId }))) return;
  await deps.executor.kill(sandboxId);
}

/** Whether it is taken for somebody. */
async function offer(
  { deps, record: { spec, state } }: AcceptedRun,
  { sandboxId, endsAt }: { sandboxId: string; endsAt: number },
): Promise<boolean> {
  const reuse = reuseKey(spec);
  const now = deps.clock();
  const startedAt = state.attempt_started_at ?? now;
  const turn = reuse === null ? null : nextUse(sandboxId, { startedAt, now });
  if (reuse === null || turn === null) return false;
  const until = Math.min(now + limits.sandbox_idle_seconds.value * 1000, endsAt);
  const resting = { workspace_id: spec.workspace_id, reuse, turn, until, ends_at: endsAt };
  return deps.room.keep(resting, spec.run_id);
}
