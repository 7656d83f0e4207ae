import { isOverdue } from "../lifecycle/is-overdue.ts";
import { buildTimes } from "../lifecycle/run-state.ts";
import type { GivenTurn, LaunchRefusal, LaunchResult } from "../ports/executor.ts";
import { askAffordable } from "../ports/spend.ts";
import { launchInRoom } from "../ports/room.ts";
import type { RoomClaim } from "../ports/room.ts";
import { lookAgain, pullJournal } from "./pull-journal.ts";
import type { PullRequest } from "./pull-journal.ts";
import type { ApprovalWait } from "./approval-wait.ts";
import { reportEndedRunner, takeJournal } from "./attempt-intake.ts";
import { buildLaunch, buildRunnerConfig, openBundle } from "./launch.ts";
import { chosenLaunch, laterTurn, mayStart, reuseKey, takeNumber, waitForPost } from "./own-sandbox.ts";
import { askStanding, mayConclude, mayLaunch } from "./queue-word.ts";
import { requireBuilt } from "./require-built.ts";
import { putHeaders } from "./put-headers.ts";
import type { HeadersByHost } from "./put-headers.ts";
import { armRetry, carrierOf } from "./run-handle.ts";
import { requireMounts } from "./context-mounts.ts";
import { prepareWrites } from "./store-writes.ts";
import { writeBack } from "./context-mounts.ts";
import type { AcceptedRun, GivenSecrets, LaunchTry } from "./run-handle.ts";
import { edgeProgramOf } from "../spec/edge-program.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { settle } from "../outcome/settle.ts";
import type { RunnerOutputs } from "../outcome/settle.ts";

const launches = ({ record }: AcceptedRun, attempt: number) =>
  record.state.phase === "launching" && record.state.attempt === attempt;

/** Has the attempt's sandbox made once there is room for it, or finds the one that an earlier try had made. */
export async function launchAttempt(run: AcceptedRun, wait: ApprovalWait, attempt: number): Promise<void> {
  if (!launches(run, attempt) || !(await mayLaunch(run, attempt)) || !launches(run, attempt)) return;
  const spendMs = await askAffordable(run.deps.spend, run.record.spec);
  if (!launches(run, attempt)) return;
  if (spendMs === 0) return noteRefusal(run, { attempt, launch: null }, capReached);
  let launch: number | null = null;
  const onNumber = (number: number) => void (launch = number);
  const launched =
    edgeProgramOf(run.record.spec) === null
      ? await launchInRoom(run.deps.room, buildClaim(run), (turn) =>
          makeSandbox(run, wait, { attempt, turn, onNumber }),
        )
      : await beginAttempt(run, wait, { attempt, onNumber });
  if (launched === null) return;
  if (launched.kind === "refused") return noteRefusal(run, { attempt, launch }, launched);
  if (launched.kind === "overtaken") return (await mayLaunch(run, attempt)) ? armRetry(run) : undefined;
  if (launched.kind === "gone") return run.dispatch({ type: "lost", attempt, code: "e2b_sandbox_error" });
  const started = { sandbox_id: launched.sandboxId, launch: launched.launch, spend_ms: spendMs };
  return run.dispatch({ type: "launched", attempt, ...started });
}

const capReached: LaunchRefusal = {
  kind: "refused",
  code: "spend_cap_exceeded",
  message: "A spend cap is reached: nothing is left of it for this run.",
  retryAfterMs: null,
};

/** `launch`: the number that the try had taken, null where it was turned down before that. */
async function noteRefusal(
  run: AcceptedRun,
  of: { attempt: number; launch: number | null },
  refusal: LaunchRefusal,
): Promise<void> {
  if (refusal.lostTemplate) await noteLostTemplate(run);
  const { code, message, retryAfterMs, waits = false, doubtful = false, asksAgainMs = null } = refusal;
  const why = { code, message, retry_after_ms: retryAfterMs, waits, doubtful, asks_again_ms: asksAgainMs };
  return run.dispatch({ type: "refused", ...of, ...why });
}

/** The next try has it built again. */
async function noteLostTemplate({ deps, record }: AcceptedRun): Promise<void> {
  const { template } = record.spec;
  if (template !== null) await deps.files.noteTemplate(template.name, { lostAt: deps.clock() });
}

function buildClaim({ record: { spec, state } }: AcceptedRun): RoomClaim {
  const { run_id, workspace_id, worker_id, priority } = spec;
  const reuse = reuseKey(spec);
  return {
    run_id,
    workspace_id,
    worker_id,
    bundle_digest: null,
    priority,
    since: state.launching_since ?? state.phase_since,
    lifetime_ms: buildTimes(spec).sandbox_life_ms,
    ...(reuse === null ? {} : { reuse }),
  };
}

interface Making {
  attempt: number;
  /** The turn that there is room for. */
  turn: GivenTurn | null;
  /** Told of the number that the try has taken. */
  onNumber: (launch: number) => void;
}

/** Null when the attempt needs none now: it waits for something else, or is over. */
async function makeSandbox(
  run: AcceptedRun,
  wait: ApprovalWait,
  { attempt, turn, onNumber }: Making,
): Promise<LaunchResult | null> {
  const { deps, record } = run;
  const { spec, state } = record;
  if (!launches(run, attempt)) return null;
  // Whoever was called is not looked after by an alarm as near as that of a launch which has just begun.
  if (state.asks_again_ms !== null) deps.armWake(deps.clock() + buildTimes(spec).silence_ms);
  const bundle = await openBundle(deps.files, spec.bundle_digest);
  const required = await requireBuilt(run, attempt, bundle);
  if (required.kind === "awaited" || !launches(run, attempt)) {
    await bundle.body.cancel();
    return null;
  }
  const { run_id, workspace_id, worker_id } = spec;
  const use = { names: spec.secrets, workerId: worker_id, runId: run_id };
  const { values: secrets, bound } = await deps.resolveSecrets(workspace_id, use);
  run.masking.forget();
  const headers = readHeaders(spec, secrets, bound);
  if ("refused" in headers) {
    await bundle.body.cancel();
    return headers.refused;
  }
  const mounts = await requireMounts(run, attempt);
  if (mounts.kind !== "mounted") {
    await bundle.body.cancel();
    return mounts.kind === "refused" ? mounts : null;
  }
  const connections = spec.connections.length === 0 ? {} : await deps.findConnections(spec);
  const inputs = await wait.inputsFor(spec);
  const launch = await takeNumber(run, attempt);
  // Meanwhile the run may have been cancelled, or an earlier try may have reported a result.
  if (launch === null) {
    await bundle.body.cancel();
    return null;
  }
  onNumber(launch);
  const own = { attempt, launch };
  const asked = { ...spec, inputs };
  // What is put into a sandbox's requests is settled as it is made, for this run alone.
  const isPlain = Object.keys(headers.put).length === 0;
  const fresh = launch === 1 && isPlain ? turn : null;
  const launching = deps.executor.launch(
    buildLaunch(asked, deps.files, {
      ...own,
      chosen: chosenLaunch(run),
      turn: launch === 1 ? (fresh?.turn ?? null) : laterTurn(run),
      turnEndsAt: fresh?.endsAt ?? 0,
      heard: waitForPost(run, attempt),
      headers: headers.put,
      bundle,
      withDependencies: required.digest !== null,
      contexts: mounts.archives,
      order: async (made) => {
        if (!(await mayStart(run, own, made))) return null;
        // Last, because it may have taken long to get the sandbox, and to learn whose it is.
        if ((await askStanding(run)) !== "mine" || !launches(run, attempt)) return null;
        const runToken = await mintToken(run, { attempt, launch: made.launch });
        return buildRunnerConfig(asked, {
          attempt,
          runToken,
          secrets,
          dependencies: required.digest,
          contexts: mounts.contexts,
          turn: made.turn ?? null,
          connections,
          now: deps.clock(),
        });
      },
    }),
  );
  return noteLaunch(run, launching, isPlain ? attempt : null);
}

/** `leaver`: the attempt whose sandbox another run may have afterwards; null for one that nobody may. */
function noteLaunch(
  run: AcceptedRun,
  launching: Promise<LaunchResult>,
  leaver: number | null,
): Promise<LaunchResult> {
  const noted = launching.then((launched) => {
    if (leaver !== null && launched.kind === "launched" && launched.endsAt !== undefined)
      run.leaves = { attempt: leaver, sandboxId: launched.sandboxId, endsAt: launched.endsAt };
    return launched;
  });
  run.launching = noted.catch(() => {});
  return noted;
}

/** Has the edge begin the attempt by itself. Null when it is not wanted now. */
async function beginAttempt(
  run: AcceptedRun,
  wait: ApprovalWait,
  { attempt, onNumber }: { attempt: number; onNumber: (launch: number) => void },
): Promise<LaunchResult | null> {
  const { spec } = run.record;
  run.masking.forget();
  const mounts = await requireMounts(run, attempt);
  if (mounts.kind !== "mounted") return mounts.kind === "refused" ? mounts : null;
  const inputs = await wait.inputsFor(spec);
  const launch = await takeNumber(run, attempt);
  if (launch === null) return null;
  onNumber(launch);
  const own = { attempt, launch };
  const launching = run.deps.edge.launch({
    spec: { ...spec, inputs },
    ...own,
    chosen: chosenLaunch(run),
    contexts: mounts.contexts,
    order: async (made) =>
      (await mayStart(run, own, made)) && (await askStanding(run)) === "mine" && launches(run, attempt),
  });
  run.launching = launching.catch(() => {});
  return launching;
}

function mintToken({ deps, record: { spec } }: AcceptedRun, of: LaunchTry): Promise<string> {
  const { run_id, workspace_id } = spec;
  const until = deps.clock() + buildTimes(spec).sandbox_life_ms;
  return deps.mintRunToken({ run_id, workspace_id, ...of, until });
}

/**
 * What is put into the run's requests; nothing in a dry run, from which nothing leaves. Refused where a secret is absent: all
 * were set when the run was accepted, and a script that finds one empty would do other work than its author meant.
 */
function readHeaders(
  spec: RunSpec,
  given: GivenSecrets["values"],
  bound: GivenSecrets["bound"],
): { put: HeadersByHost } | { refused: LaunchResult } {
  const refuse = (code: "missing_secrets" | "secrets_clash", message: string) =>
    ({ refused: { kind: "refused", code, message, retryAfterMs: null } }) as const;
  const absent = spec.secrets.filter((name) => !Object.hasOwn(given, name));
  if (absent.length > 0) {
    const message = `Secrets that the worker declares are not set for it any more: ${absent.join(", ")}.`;
    return refuse("missing_secrets", message);
  }
  const putting = putHeaders(spec.dry ? [] : bound);
  return putting.kind === "put" ? { put: putting.headers } : refuse("secrets_clash", putting.message);
}

/** Fetches the journal where its posts have stopped coming, or where the attempt's time is over. */
export async function pullAttempt(run: AcceptedRun, attempt: number): Promise<void> {
  const { deps, record } = run;
  const times = buildTimes(record.spec);
  const now = deps.clock();
  const { result } = run.tally;
  // It was taken, and something came between it and what follows from it.
  if (result) return run.dispatch({ type: "reported", attempt, result });
  const overdue = isOverdue(record.state, now, times);
  if (!overdue && now - run.lastPostAt < times.silence_ms) return;
  const { sandbox_id: sandboxId, sandbox_launch } = record.state;
  if (sandboxId === null) return;
  const from = { attempt, launch: sandbox_launch ?? 1 };
  const request: PullRequest = {
    executor: carrierOf(run),
    sandboxId,
    offset: () => run.tally.offset,
    take: (offset, body) => void takeJournal(run, { ...from, offset, body }),
    ended: () => run.tally.result !== null || record.state.phase === "ended",
  };
  const givenUp = now - record.state.phase_since >= times.run_ms + times.finish_ms;
  // What cannot be masked is not taken; but a run whose time is over ends, whatever is away.
  if (givenUp && !(await isMaskable(run))) return run.dispatch({ type: "expired", attempt });
  await run.masking.prepare(record.spec);
  const first = await pullJournal(request);
  const verdict = first === "silent" ? await lookAgain(request) : first;
  if (verdict === "runner_ended") return reportEndedRunner(run, from);
  if (verdict === "gone") return run.dispatch({ type: "lost", attempt, code: "e2b_sandbox_error" });
  if (verdict === "silent") return run.dispatch({ type: "lost", attempt, code: "journal_lost" });
  if (overdue && (verdict === "alive" || givenUp)) return run.dispatch({ type: "expired", attempt });
}

function isMaskable({ masking, record }: AcceptedRun): Promise<boolean> {
  return masking.prepare(record.spec).then(
    () => true,
    () => false,
  );
}

/** Turns what the attempt reported into its outcome, or into the wait that its script asks for. */
export async function settleAttempt(run: AcceptedRun, wait: ApprovalWait, attempt: number): Promise<void> {
  const { result, artifacts } = run.tally;
  const { spec, state } = run.record;
  if (!result || state.phase !== "finishing") return;
  const reading = await wait.readQuestion(spec, result);
  const asks = reading.kind === "asks" && reading.unfinished;
  const mask = async (outputs: RunnerOutputs) => {
    await run.masking.prepare(spec);
    return run.masking.outputs(spec, outputs);
  };
  const looks = spec.secrets.length > 0 && artifacts.length > 0;
  if (looks) await run.masking.prepare(spec);
  const scan = looks ? () => run.masking.scan() : undefined;
  const settling = { spec, result, artifacts, sandboxId: state.sandbox_id, asks, mask, scan };
  const settlement = await settle({ files: run.deps.files, executor: carrierOf(run) }, settling);
  // A result may be quicker than the answer of the launch, which tells the sandbox. While nobody knows it nothing is
  // lost: the script has ended, and must not run again for want of an answer.
  if (settlement.kind === "unknown") return armRetry(run);
  if (settlement.kind !== "settled") return run.dispatch({ type: "lost", attempt, code: "journal_lost" });
  if (!(await mayConclude(run))) return;
  const settled = await wait.settled(attempt, settlement.outcome, reading);
  if (settled.type !== "settled") return run.dispatch(settled);
  const prepared = await prepareWrites(run, settled);
  if (prepared === null) return armRetry(run);
  // After the stores, which are only told to keep what they hold once the end is saved. A script that asks has not done
  // its work yet: what it has changed by then is nobody's.
  const outcome =
    reading.kind === "none" ? await writeBack(run, attempt, prepared.outcome) : prepared.outcome;
  if (outcome === "unknown") return armRetry(run);
  if (outcome === "gone") return run.dispatch({ type: "lost", attempt, code: "journal_lost" });
  return run.dispatch({ ...prepared, outcome });
}
