import type { RunPrincipal } from "#contract/access/access";
import type { CalledRun, CallRequest } from "#contract/calls/call";
import { AppError, notFound } from "../../platform/app-error.ts";
import { Masker } from "../../platform/redaction/masker.ts";
import { canonicalJson } from "../../platform/canonical-json.ts";
import { sha256Hex } from "../../platform/crypto.ts";
import { waitForEnd } from "../read/follow.ts";
import { isToStartAnew, judgeAllowed, judgeCall } from "./judge-call.ts";
import type { MaskWant } from "../spec/mask-want.ts";
import type { Caller } from "../spec/run-origin.ts";
import type { RunView } from "../record/run-api.ts";
import type { CallRecord, CallWish } from "../record/run-replies.ts";
import { describeChild, readView } from "../read/read-run.ts";
import type { ReadDeps } from "../read/read-run.ts";
import { checkOrder, freezeOrder, startPlaceOf } from "../start/prepare-run.ts";
import type { RunOrder } from "../start/prepare-run.ts";
import { findEarlier, readReply } from "../start/start-run.ts";
import type { Acceptance, StartDeps } from "../start/start-run.ts";
import { findWorkerVersion } from "../../catalog/store.ts";
import type { WorkerRow, WorkerVersion } from "../../catalog/store.ts";

export interface CallDeps extends StartDeps {
  /** Every value of these secrets that a run may have been given. */
  listValuesToMask: (workspaceId: string, want: MaskWant) => Promise<string[]>;
}

/** The call without what gives a secret of the caller away: what is handed down stands on the record of the child. */
async function maskCall(deps: CallDeps, caller: Caller, call: CallRequest): Promise<CallRequest> {
  const { secrets: names, created_at: since } = caller;
  if (names.length === 0) return call;
  const masker = new Masker(await deps.listValuesToMask(caller.workspace_id, { names, since }));
  return { ...call, key: masker.text(call.key), inputs: masker.json(call.inputs) };
}

function findCaller(deps: ReadDeps, { id, attempt, launch }: RunPrincipal): Promise<Caller | null> {
  return deps.runObject(id).findCaller({ attempt, launch });
}

/** The run whose script asks, as long as that script may still be at work. */
async function requireCaller(deps: ReadDeps, principal: RunPrincipal): Promise<Caller> {
  const caller = await findCaller(deps, principal);
  if (!caller) throw notFound("run");
  if (caller.ended) throw new AppError("run_finished", "The script that this token was made for has ended.");
  return caller;
}

/** A run of the workspace as whoever called it sees it. Throws `not_found`. */
export async function readChild(
  deps: ReadDeps,
  { workspace_id: workspaceId }: Pick<Caller, "workspace_id">,
  runId: string,
): Promise<CalledRun> {
  const view = await readView(deps, { workspaceId, runId });
  if (!view) throw notFound("run");
  return describeChild(deps, view);
}

/** A dry run lets nothing out: its calls are answered by what the replayed run had called under the same key. */
async function recordedCall(deps: ReadDeps, caller: Caller, call: { key: string; digest: string }) {
  const calls = caller.replay_of ? await deps.runObject(caller.replay_of).listCalls() : [];
  const recorded = calls.find(({ key, digest }) => key === call.key && digest === call.digest);
  if (recorded) return readChild(deps, caller, recorded.run_id);
  throw new AppError("call_refused", "This is a dry run, and the run that it replays made no such call.");
}

function refuseKey(key: string): AppError {
  return new AppError("idempotency_conflict", `The call key ${key} was used for another call of this run.`);
}

/** Takes the call down in the caller's own record, before the child is admitted. Answers what stands there. */
async function reserve(deps: ReadDeps, caller: Caller, call: Omit<CallWish, "most">): Promise<CallRecord> {
  const reply = await deps.runObject(caller.run_id).reserveCall({ ...call, most: caller.most_calls });
  if (reply.kind === "full") {
    throw new AppError(
      "call_refused",
      `This run may make at most ${caller.most_calls} calls of other workers.`,
    );
  }
  if (reply.kind === "conflict") throw refuseKey(call.key);
  return reply.call;
}

/** What the caller's record has under a call's key, and the run that it names where that is there to be read. */
interface KnownCall {
  call: CallRecord;
  child: RunView | null;
}

/** Throws `idempotency_conflict` where the key was used for another call. */
async function findKnownCall(
  deps: ReadDeps,
  caller: Caller,
  { key, digest }: { key: string; digest: string },
): Promise<KnownCall | null> {
  const call = (await deps.runObject(caller.run_id).listCalls()).find((known) => known.key === key);
  if (!call) return null;
  if (call.digest !== digest) throw refuseKey(key);
  return { call, child: await deps.runObject(call.run_id).read() };
}

/** One request of a script, with what came of it before. */
interface MadeCall extends CallRequest {
  digest: string;
  attempt: number;
  known: KnownCall | null;
}

/** What the queue of the called worker knows the child by: each of those that took the place of a failed one has its own. */
function admissionKey(caller: Caller, key: string, { earlier }: Pick<CallRecord, "earlier">): string {
  const again = earlier.length;
  return again === 0 ? `call:${caller.run_id}:${key}` : `call-again:${caller.run_id}:${again}:${key}`;
}

/**
 * May a run of `caller`'s worker know of this one? A private worker is known to private workers of the same maker alone:
 * whoever may change or start another one would reach it by that.
 */
async function mayReach(
  deps: Pick<StartDeps, "db">,
  caller: Pick<Caller, "worker_id">,
  worker: WorkerRow,
): Promise<boolean> {
  if (worker.visibility !== "private" || worker.id === caller.worker_id) return true;
  const calling = await findWorkerVersion(deps.db, { workerId: caller.worker_id });
  if (calling?.worker.visibility !== "private") return false;
  return worker.made_by !== null && calling.worker.made_by === worker.made_by;
}

/** The active version of a worker that a run of `caller`'s worker may know of; undefined for one that is not there to it. */
export async function findReachable(
  deps: Pick<StartDeps, "db">,
  caller: Pick<Caller, "workspace_id" | "worker_id">,
  workerName: string,
): Promise<WorkerVersion | undefined> {
  const found = await findWorkerVersion(deps.db, { workspaceId: caller.workspace_id, workerName });
  return found && (await mayReach(deps, caller, found.worker)) ? found : undefined;
}

/** The order for the child of a call. Throws when the worker is not there, or may not be called from here. */
async function buildCallOrder(deps: StartDeps, caller: Caller, call: CallRequest): Promise<CallOrder> {
  const found = await findReachable(deps, caller, call.worker);
  if (!found) throw notFound("worker");
  const target = { worker_id: found.worker.id, worker_name: call.worker };
  const refusal = judgeCall(caller, target, deps.clock());
  if (refusal !== null) throw new AppError("call_refused", refusal);
  const { timeout_seconds: wish } = call;
  return (record) => ({
    found,
    requestedBy: caller.requester,
    coRequesters: caller.co_requesters,
    origin: { caller, ...(wish === undefined ? {} : { timeout_seconds: wish }) },
    request: {
      workerName: call.worker,
      action: call.action ?? null,
      inputs: call.inputs,
      triggerSource: "worker_call" as const,
      triggerRef: caller.run_id,
      idempotencyKey: admissionKey(caller, call.key, record),
    },
  });
}

type CallOrder = (record: Pick<CallRecord, "earlier">) => RunOrder;

/** Takes the child into its worker's queue. The same key finds the child that it has started before. */
async function admitChild(deps: StartDeps, caller: Caller, made: MadeCall): Promise<Acceptance> {
  const { key, digest, attempt, known } = made;
  const orderFor = await buildCallOrder(deps, caller, made);
  const first = orderFor(known?.call ?? { earlier: [] });
  const queue = deps.queue(first.found.worker.id);
  // What is on the record, and is no failed run, may have been admitted and not handed over yet.
  const earlier = known && !known.child ? await findEarlier(queue, first) : null;
  if (earlier) return earlier;
  const checked = await checkOrder(deps, first);
  // Its id stands in the caller's record before the child is there, so that a caller that ends finds every child.
  const newId = deps.newRunId(deps.clock());
  const replaces = known?.child ? known.call.run_id : null;
  const kept = await reserve(deps, caller, { key, run_id: newId, digest, attempt, replaces });
  const order = orderFor(kept);
  const request = await freezeOrder(deps, { ...checked, order }, { runId: kept.run_id });
  const reply = await queue.admit(request);
  if (reply.kind !== "admitted") await deps.uncountStart(startPlaceOf(order.found));
  return readReply(reply, request.run);
}

/**
 * Starts a run of another worker for a run that is under way. The same key finds the same child, whichever attempt of
 * the caller asks; only one that ended without completing is started anew, once by each later attempt.
 */
export async function callWorker(
  deps: CallDeps,
  principal: RunPrincipal,
  asked: CallRequest,
): Promise<CalledRun> {
  const caller = await requireCaller(deps, principal);
  const request = await maskCall(deps, caller, asked);
  const refusal = judgeAllowed(caller, request.worker);
  if (refusal !== null) throw new AppError("call_refused", refusal);
  const { worker, inputs, action } = request;
  const digest = await sha256Hex(
    canonicalJson(action === undefined ? [worker, inputs] : [worker, inputs, action]),
  );
  if (caller.dry) return recordedCall(deps, caller, { key: request.key, digest });
  const { attempt } = principal;
  const known = await findKnownCall(deps, caller, { key: request.key, digest });
  if (known?.child && !isToStartAnew(known.call, { attempt, status: known.child.detail.status }))
    return describeChild(deps, known.child);
  const { runId: childId, how } = await admitChild(deps, caller, { ...request, digest, attempt, known });
  if (how === "skipped") {
    throw new AppError(
      "call_refused",
      `${request.worker} is busy, and its worker.yml says to skip a run then.`,
    );
  }
  const child = await readChild(deps, caller, childId);
  // The caller may have ended before its child was there to be cancelled with it: nobody would wait for it.
  const { ended } = (await findCaller(deps, principal)) ?? { ended: true };
  if (ended) await deps.runObject(childId).cancel();
  return child;
}

/** A child of the run, after its end or after so many seconds. */
export async function getCalledRun(
  deps: ReadDeps,
  principal: RunPrincipal,
  { childId, waitSeconds }: { childId: string; waitSeconds: number },
): Promise<CalledRun> {
  const caller = await requireCaller(deps, principal);
  const calls = await deps.runObject(principal.id).listCalls();
  const recorded = caller.dry && caller.replay_of ? await deps.runObject(caller.replay_of).listCalls() : [];
  if (![...calls, ...recorded].some((call) => call.run_id === childId)) throw notFound("run");
  if (waitSeconds > 0) await waitForEnd(deps, { runId: childId, timeoutMs: waitSeconds * 1000 });
  return readChild(deps, caller, childId);
}
