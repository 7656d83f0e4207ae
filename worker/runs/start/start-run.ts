import type { Principal } from "#contract/access/access";
import type { RunId, WorkerId } from "#contract/ids";
import { formatLimit } from "#contract/limits";
import type { RunDetail } from "#contract/runs/run";
import { actorOf } from "../../access/principal.ts";
import type { ForeseenWorker } from "../../catalog/foreseen-worker.ts";
import { requireWorker } from "../../catalog/require-worker.ts";
import { AppError } from "../../platform/app-error.ts";
import { attempt } from "../../platform/attempt.ts";
import type { AdmitRefusal, AdmitReply, QueueApi } from "../../queue/queue-api.ts";
import { waitForEnd } from "../read/follow.ts";
import { getRun } from "../read/read-run.ts";
import type { ReadDeps } from "../read/read-run.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { buildFirstDetail } from "./build-first-detail.ts";
import type { FreshRun } from "./build-first-detail.ts";
import { buildClaim, prepareRun, startPlaceOf } from "./prepare-run.ts";
import type { PrepareDeps, RunOrder, StartRequest } from "./prepare-run.ts";

export interface AdmitDeps extends PrepareDeps {
  /** The queue of a worker, by the worker's uid. */
  queue: (workerId: WorkerId) => QueueApi<RunSpec>;
}

export interface StartDeps extends AdmitDeps, ReadDeps {
  /** The worker that the request names, where it is known already. */
  foreseen?: ForeseenWorker;
}

/** What became of a request to start a run. */
export interface Acceptance {
  runId: RunId;
  /** `replayed`: the key had started this run before. `skipped`: no new run, this one is there already. */
  how: "accepted" | "replayed" | "skipped";
  /** Null for a run that was there before. */
  fresh: FreshRun | null;
}

/** Why a queue lets no run in, as the one who asked is told. */
export function refuseAdmission(refusal: AdmitRefusal, workerName: string): AppError {
  if (refusal.kind === "conflict") {
    return new AppError(
      "idempotency_conflict",
      "This Idempotency-Key was used within a day for another request.",
    );
  }
  return new AppError(
    "queue_full",
    `${workerName} has ${refusal.limit} runs waiting; the limit is ${formatLimit("queue_runs")}.`,
    { retryAfterSeconds: 10 },
  );
}

/** What a queue's answer means for the one who asked. Throws `idempotency_conflict` and `queue_full`. */
export function readReply(reply: AdmitReply, spec: RunSpec): Acceptance {
  switch (reply.kind) {
    case "admitted":
      return {
        runId: reply.run_id,
        how: "accepted",
        fresh: { spec, started: reply.started, wait: reply.wait },
      };
    case "repeat":
      return { runId: reply.run_id, how: "replayed", fresh: null };
    case "skipped":
      return { runId: reply.run_id, how: "skipped", fresh: null };
    case "conflict":
    case "full":
      throw refuseAdmission(reply, spec.worker_name);
  }
}

/**
 * The run that an order's key has started before; null when it has started none. To be asked before anything is judged:
 * a repeat is the same run, whatever the version of today says. Throws `idempotency_conflict`.
 */
export async function findEarlier(
  queue: Pick<QueueApi<RunSpec>, "findByKey">,
  order: RunOrder,
): Promise<Acceptance | null> {
  const claim = await buildClaim(order);
  const use = claim ? await queue.findByKey(claim) : { kind: "new" as const };
  if (use.kind === "conflict") throw refuseAdmission(use, order.request.workerName);
  return use.kind === "repeat" ? { runId: use.run_id, how: "replayed", fresh: null } : null;
}

/**
 * Takes an order into its worker's queue; answers once it is durable there. The same key and order give the same run: the
 * queue is asked for it in the call that admits, and by itself only where the version of today would refuse the order.
 */
export async function admitRun(deps: AdmitDeps, order: RunOrder): Promise<Acceptance> {
  const queue = deps.queue(order.found.worker.id);
  const prepared = await attempt(() => prepareRun(deps, order));
  if (prepared.ok) {
    const reply = await queue.admit(prepared.value);
    if (reply.kind !== "admitted") await deps.uncountStart(startPlaceOf(order.found));
    return readReply(reply, prepared.value.run);
  }
  const earlier = await findEarlier(queue, order);
  if (earlier) return earlier;
  throw prepared.refusal;
}

/**
 * A started run as its starter sees it: at once, or after its end or so many seconds. What was accepted stays accepted
 * whether or not its object can be read now: a 404 or a 500 would have it started once more. Throws `unavailable`
 * for one that was started before and cannot be read now.
 */
export async function readStarted(
  deps: ReadDeps,
  principal: Principal,
  { started, waitSeconds }: { started: Acceptance; waitSeconds: number },
): Promise<{ run: RunDetail; how: Acceptance["how"] }> {
  const { runId, how, fresh } = started;
  // What was written down just now is known here: nobody has to be asked for it.
  if (fresh && waitSeconds === 0) return { run: buildFirstDetail(fresh), how };
  if (waitSeconds > 0) {
    if (fresh && !fresh.started) await deps.queue(fresh.spec.worker_id).tell(runId);
    await waitForEnd(deps, { runId, timeoutMs: waitSeconds * 1000 });
  }
  const run = await getRun(deps, principal, runId).catch((cause: unknown) => answerUnread(started, cause));
  return { run, how };
}

/** What is known of an accepted run that cannot be read. */
function answerUnread({ runId, fresh }: Acceptance, cause: unknown): RunDetail {
  if (fresh) return buildFirstDetail(fresh);
  throw new AppError("unavailable", `${runId} was accepted and cannot be read yet.`, { cause });
}

/** Starts a run of a worker's active version, or of the one of this number: durable in the worker's queue before the answer. */
export async function startRun(
  deps: StartDeps,
  principal: Principal,
  request: StartRequest & { version: number | null; waitSeconds: number },
): Promise<{ run: RunDetail; how: Acceptance["how"] }> {
  const { workerName: name, version, waitSeconds } = request;
  const found = await requireWorker(deps, principal, { name, version, scope: "runs:write" });
  const started = await admitRun(deps, { found, request, requestedBy: actorOf(principal) });
  return readStarted(deps, principal, { started, waitSeconds });
}
