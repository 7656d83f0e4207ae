import { isOverdue } from "../lifecycle/lifecycle.ts";
import { buildTimes } from "../lifecycle/run-state.ts";
import { endedItsRunner, pullJournal } from "./pull-journal.ts";
import type { PullRequest } from "./pull-journal.ts";
import type { ApprovalWait } from "./approval-wait.ts";
import { reportEndedRunner, takeJournal } from "./attempt-intake.ts";
import { buildLaunch, openBundle } from "./launch.ts";
import { requireDependencies } from "./require-dependencies.ts";
import { armRetry } from "./run-handle.ts";
import type { AcceptedRun } from "./run-handle.ts";
import { settle } from "./settle.ts";

const nothingRequired = { kind: "ready", digest: null } as const;

/** Has the attempt's sandbox made, or finds the one that an earlier try had made. */
export async function launchAttempt(run: AcceptedRun, wait: ApprovalWait, attempt: number): Promise<void> {
  const { deps, record } = run;
  const { spec, state } = record;
  if (!isLaunching(run, attempt)) return;
  const recover = run.launchedBefore || state.refusals > 0;
  run.launchedBefore = true;
  const bundle = await openBundle(deps.files, spec.bundle_digest);
  const required = bundle.installs ? await requireDependencies(run, attempt) : nothingRequired;
  if (required.kind === "awaited") return bundle.body.cancel();
  const now = deps.clock();
  const { run_id, workspace_id } = spec;
  const until = now + buildTimes(spec).sandbox_life_ms;
  const runToken = await deps.mintRunToken({ run_id, workspace_id, attempt, until });
  const secrets = await deps.resolveSecrets(workspace_id, spec.secrets);
  const inputs = await wait.inputsFor(spec);
  // Meanwhile the run may have been cancelled, or an earlier try may have reported a result.
  if (!isLaunching(run, attempt)) return bundle.body.cancel();
  const options = { attempt, recover, runToken, secrets, bundle, dependencies: required.digest, now };
  const launch = deps.executor.launch(buildLaunch({ ...spec, inputs }, deps.files, options));
  run.launching = launch.catch(() => {});
  const launched = await launch;
  if (launched.kind === "launched")
    return run.dispatch({ type: "launched", attempt, sandbox_id: launched.sandboxId });

  const { code, message, retryAfterMs, waits = false, doubtful = false } = launched;
  const why = { code, message, retry_after_ms: retryAfterMs, waits, doubtful };
  return run.dispatch({ type: "refused", attempt, ...why });
}

function isLaunching({ record }: AcceptedRun, attempt: number): boolean {
  return record.state.phase === "launching" && record.state.attempt === attempt;
}

/** Fetches the journal where its posts have stopped coming, or where the attempt's time is over. */
export async function pullAttempt(run: AcceptedRun, attempt: number): Promise<void> {
  const { deps, record } = run;
  const times = buildTimes(record.spec);
  const now = deps.clock();
  const overdue = isOverdue(record.state, now, times);
  if (!overdue && now - run.lastPostAt < times.silence_ms) return;
  const sandboxId = record.state.sandbox_id;
  if (sandboxId === null) return;
  const request: PullRequest = {
    executor: deps.executor,
    sandboxId,
    offset: () => run.tally.offset,
    take: (offset, body) => void takeJournal(run, { attempt, offset, body }),
    ended: () => run.tally.result !== null || record.state.phase === "ended",
  };
  const verdict = await pullJournal(request);
  if (verdict === "silent" && (await endedItsRunner(request))) return reportEndedRunner(run, attempt);
  if (verdict === "gone") return run.dispatch({ type: "lost", attempt, code: "e2b_sandbox_error" });
  if (verdict === "silent") return run.dispatch({ type: "lost", attempt, code: "journal_lost" });
  const givenUp = now - record.state.phase_since >= times.run_ms + times.finish_ms;
  if (overdue && (verdict === "alive" || givenUp)) return run.dispatch({ type: "expired", attempt });
}

/** Turns what the attempt reported into its outcome, or into the wait that its script asks for. */
export async function settleAttempt(run: AcceptedRun, wait: ApprovalWait, attempt: number): Promise<void> {
  const { result, artifacts } = run.tally;
  const { spec, state } = run.record;
  if (!result || state.phase !== "finishing") return;
  const reading = await wait.readQuestion(spec, result);
  const asks = reading.kind === "asks";
  const settlement = await settle(run.deps, { spec, result, artifacts, sandboxId: state.sandbox_id, asks });
  // A result may be quicker than the answer of the launch, which tells the sandbox. While nobody knows it nothing is
  // lost: the script has ended, and must not run again for want of an answer.
  if (settlement.kind === "unknown") return armRetry(run);
  if (settlement.kind !== "settled") return run.dispatch({ type: "lost", attempt, code: "journal_lost" });
  return run.dispatch(await wait.settled(attempt, settlement.outcome, reading));
}
