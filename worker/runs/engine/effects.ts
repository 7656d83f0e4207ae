import type { RunEffect } from "../lifecycle/run-state.ts";
import { within } from "../../platform/within.ts";
import { askWarnings, describeSpending, watchSpending } from "../ports/spend.ts";
import { wakeCaller } from "../ports/wake-caller.ts";
import { archiveRun } from "../record/archive.ts";
import { buildNotice } from "../record/build-notice.ts";
import { buildSummary } from "../record/build-view.ts";
import type { ApprovalWait } from "./approval-wait.ts";
import { launchAttempt, pullAttempt, settleAttempt } from "./attempt-effects.ts";
import { leaveSandbox } from "./own-sandbox.ts";
import { askStanding } from "./queue-word.ts";
import { armRetry, carrierOf } from "./run-handle.ts";
import { edgeProgramOf } from "../spec/edge-program.ts";
import { decideWrites } from "./store-writes.ts";
import type { AcceptedRun } from "./run-handle.ts";

type EffectOf<Type extends RunEffect["type"]> = Extract<RunEffect, { type: Type }>;

/** "done": this very effect need not be performed again while the object lives. */
export type Performed = "done" | void;

/** How each effect of the lifecycle is performed. Every one may be repeated. */
export type Effects = {
  [Type in RunEffect["type"]]: (run: AcceptedRun, effect: EffectOf<Type>) => Promise<Performed>;
};

/** The effects of a run; what concerns the people who decide on it is `wait`'s. */
export function buildEffects(wait: ApprovalWait): Effects {
  return {
    // Told before anything is done: see RunEngine.
    announce: async () => {},
    launch: (run, { attempt }) => launchAttempt(run, wait, attempt),
    settle: (run, { attempt }) => settleAttempt(run, wait, attempt),
    pull: (run, { attempt }) => pullAttempt(run, attempt),
    ask_pause: async (run) => {
      const { worker_id, run_id } = run.record.spec;
      if ((await askStanding(run)) === "given_up") return run.dispatch({ type: "given_up" });
      await run.dispatch({ type: "waited", paused_ms: await run.deps.pausedMs(worker_id, run_id) });
    },
    nudge: async (run) => {
      if ((await askStanding(run)) === "given_up") return run.dispatch({ type: "given_up" });
      await run.deps.nudge(run.record.spec.worker_id);
    },
    kill: (run, { sandbox_id: id }) => kill(run, () => carrierOf(run).kill(id)),
    kill_attempt: (run, { attempt }) =>
      kill(run, () => carrierOf(run).killAttempt(run.record.spec.run_id, attempt)),
    leave: async (run, { attempt }) => {
      await leaveSandbox(run, attempt);
      return "done";
    },
    project: projectSoon,
    park: (run) => park(run, wait),
    note: (run) => note(run, wait),
    tell: (run, { attempt }) => tellAttempt(run, attempt),
    lapse: () => wait.lapseIfDue(),
    follow_up: () => wait.followUp(),
    revoke: () => wait.revoke(),
    conclude: (run) => conclude(run, wait),
  };
}

/** Performs one effect of whatever type. */
export function perform<Type extends RunEffect["type"]>(
  effects: Effects,
  run: AcceptedRun,
  effect: EffectOf<Type> & { type: Type },
): Promise<Performed> {
  return effects[effect.type](run, effect);
}

/** Brings the inbox up to date. A run that keeps its place while it waits tells the alerts of its question here. */
async function note(run: AcceptedRun, wait: ApprovalWait): Promise<void> {
  countRows(run, await wait.put());
  const { spec, state } = run.record;
  const { in_place: place, votes, verdict } = state.hold ?? {};
  if (place === undefined || verdict !== null || votes?.length !== 0) return;
  const notice = buildNotice(spec, state);
  if (notice) await run.deps.tell(spec.worker_id, notice);
}

/** It would look by itself at the latest when the time to decide is over. */
async function tellAttempt({ deps, record }: AcceptedRun, attempt: number): Promise<Performed> {
  if (edgeProgramOf(record.spec) !== null) await deps.edge.wake(record.spec.run_id, attempt);
  return "done";
}

function countRows({ deps }: AcceptedRun, rows: number): void {
  deps.meter.rows += rows;
}

/**
 * Ends sandboxes, once the launch under way has been answered: a launch that found its sandbox killed would make another
 * one, and start a script again that has ended.
 */
async function kill(run: AcceptedRun, end: () => Promise<boolean>): Promise<Performed> {
  await run.launching;
  if (await end()) return "done";
  armRetry(run);
}

/** So long the first row of a run may wait that is likely to be over by then: lists are looked at every few seconds. */
const OVER_SOON_MS = 300;

/** A run of a worker whose sandboxes have turns is written into the lists once, where it is over at once. */
async function projectSoon(run: AcceptedRun): Promise<Performed> {
  const { deps, record, ended } = run;
  const isFirst = record.spec.reuse && record.milestones.length === 1;
  if (!isFirst) return project(run);
  const isOver = await within(deps.after, OVER_SOON_MS, () => ended.promise).catch(() => false);
  return isOver ? "done" : project(run);
}

/** Brings the list row up to date. Whatever changes what the row says is told as an event first. */
async function project(run: AcceptedRun): Promise<Performed> {
  const { spec, state, milestones } = run.record;
  const eventSeq = milestones.at(-1)?.seq ?? 0;
  const place = {
    workspaceId: spec.workspace_id,
    workerId: spec.worker_id,
    eventSeq,
    spend: describeSpending(spec, state),
  };
  countRows(run, await run.deps.project(place, buildSummary(spec, state)));
  return "done";
}

/** What is given back while a run waits for a decision: its place in the queue. The same message tells the alerts of it. */
async function park(run: AcceptedRun, wait: ApprovalWait): Promise<void> {
  const { spec, state } = run.record;
  countRows(run, await wait.put());
  await project(run);
  countRows(run, await run.deps.release(spec.worker_id, spec.run_id, buildNotice(spec, state)));
  await run.dispatch({ type: "parked" });
}

/** What is owed once a run has ended: its row, its place in the queue, its archive. */
async function conclude(run: AcceptedRun, wait: ApprovalWait): Promise<Performed> {
  const { deps, record } = run;
  const { spec, state } = record;
  await Promise.all([wakeCaller(deps.edge, spec), project(run)]);
  countRows(run, await wait.put());
  await decideWrites(run);
  const reached = await cancelOrphans(run);
  const notice = buildNotice(spec, state, await askWarnings(deps.spend, spec, state));
  countRows(run, await deps.release(spec.worker_id, spec.run_id, notice));
  // What attempts before the last one have written is in no tally any more.
  const bytes = state.attempts.length > 1 ? null : run.tally.bytes;
  await archiveRun({ storage: deps.storage, files: deps.files, record, bytes });
  await dropScraps(run);
  await watchSpending(deps.spend, spec, state);
  if (reached) return "done";
  armRetry(run);
}

/** Files that were uploaded and that the record does not name: of paths that were written again, of attempts before. */
async function dropScraps({ deps, record, tally }: AcceptedRun): Promise<void> {
  // Where nothing was uploaded nothing is looked for.
  if (deps.storage.uploads() === null && record.state.attempts.length < 2) return;
  // What it left in contexts was copied there when the attempt was settled.
  const named = new Set(tally.artifacts.map(({ sha256 }) => sha256));
  await deps.files.deleteRunFilesBut(record.spec.run_id, named);
}

/** So long after a run's end its calls are looked after: whatever was on its way to a run has arrived, or was given up. */
const ORPHANED_MS = 3_600_000;

/**
 * Whoever waits for the children is gone; after a good end they may go on. Answers whether nothing is left to be done: one
 * whose object does not know of it yet, or cannot be reached, is asked again, and holds nothing else up.
 */
async function cancelOrphans({ deps, record }: AcceptedRun): Promise<boolean> {
  const { outcome, ended_at } = record.state;
  const orphans = outcome?.status === "completed" ? [] : deps.listCalls();
  const tries = await Promise.allSettled(orphans.map((runId) => deps.cancelRun(runId)));
  if (deps.clock() - (ended_at ?? 0) >= ORPHANED_MS) return true;
  return tries.every((tried) => tried.status === "fulfilled" && tried.value);
}
