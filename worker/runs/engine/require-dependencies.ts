import { limits } from "#contract/limits";
import { takeBuild } from "./attempt-intake.ts";
import { dependencyPlace } from "./launch.ts";
import type { BuildAnswer } from "../ports/dependency-builds.ts";
import type { AcceptedRun } from "./run-handle.ts";

/** The end of a build is told; only if that word is lost does asking again find it. */
const ASK_AGAIN_MS = 60_000;
const BEING_BUILT = "the dependencies of this version are being installed, once for all its runs.";

/**
 * `ready`: what is kept for the version; the digest is null where nothing is to be handed over. `awaited`: the launch has
 * to wait until they are built, or the attempt has ended because they cannot be.
 */
type Required = { kind: "ready"; digest: string | null } | { kind: "awaited" };

/** What a launch needs of the version's dependencies; has them built where nothing is kept. */
export async function requireDependencies(run: AcceptedRun, attempt: number): Promise<Required> {
  const kept = await findKept(run);
  if (kept) return kept;
  const { deps, record } = run;
  const { spec, state } = record;
  const { workspace_id, worker_id, bundle_digest } = spec;
  // A called run may have little time left; what is built is for others, too.
  const install_timeout_seconds = Math.max(
    limits.install_timeout_seconds.value,
    spec.install_timeout_seconds,
  );
  const answer = await deps.dependencies.ask(
    { workspace_id, worker_id, bundle_digest, install_timeout_seconds },
    { run_id: spec.run_id, attempt, since: state.launching_since ?? state.phase_since },
  );
  if (answer.kind === "ended") {
    await takeBuild(run, { attempt, lines: answer.lines });
    return (await findKept(run)) ?? { kind: "awaited" };
  }
  await run.dispatch({ type: "refused", attempt, ...describeWait(answer) });
  return { kind: "awaited" };
}

async function findKept({ deps, record }: AcceptedRun): Promise<Required | null> {
  const kept = await deps.files.findDependencies(dependencyPlace(record.spec));
  return kept && { kind: "ready", digest: kept.empty ? null : kept.sha256 };
}

/** What keeps the launch waiting, as the lifecycle is told of a refusal. */
function describeWait(answer: Exclude<BuildAnswer, { kind: "ended" }>) {
  if (answer.kind === "pending") {
    return {
      code: "e2b_sandbox_error",
      message: BEING_BUILT,
      retry_after_ms: null,
      waits: true,
      asks_again_ms: ASK_AGAIN_MS,
    } as const;
  }
  const { code, message, retryAfterMs, waits = false, doubtful = false, asksAgainMs = null } = answer;
  return { code, message, retry_after_ms: retryAfterMs, waits, doubtful, asks_again_ms: asksAgainMs };
}
