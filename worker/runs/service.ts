// Owns a run from the request to its record: who may start it, what it is made of, what can be asked of it.
// Never waits for a script, never writes a run's state: that is its RunObject's alone.
// Writes nothing itself; a start goes through the worker's queue, which is durable before the answer.
import type { Principal } from "#contract/access/access";
import { runIdSchema, type RunId } from "#contract/ids";
import { formatLimit } from "#contract/limits";
import type { Inputs, Priority, RunDetail, TriggerSource } from "#contract/runs/run";
import { isTerminal } from "#contract/runs/run";
import type { ProblemError } from "#contract/problem";
import { can } from "../access/policy.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import { sha256Hex } from "../platform/crypto.ts";
import { waitForYoung } from "../platform/wait-for.ts";
import type { Db } from "../platform/db/client.ts";
import type { Files } from "../platform/files.ts";
import { checkInputs, fileProblem } from "../registry/check-inputs.ts";
import { buildSpec } from "./spec/build-spec.ts";
import { buildConcurrency } from "./spec/build-concurrency.ts";
import type { AdmitReply, IdempotencyClaim, WorkerObjectApi } from "../queue/queue-api.ts";
import { lastLines } from "./read/read-log.ts";
import type { RunObjectStub, RunView } from "./record/run-api.ts";
import { waitForEnd } from "./read/follow.ts";
import { applyOrigin, originFacts, type RunOrigin } from "./spec/run-origin.ts";
import { dropEngineKeys, fieldsToGive } from "./spec/two-phase.ts";
import { findRunnableVersion, findUploads, type RunnableVersion } from "./record/store.ts";

export type {
  AdmitReply,
  AdmitRequest,
  IdempotencyClaim,
  QueueWait,
  WorkerObjectApi,
} from "../queue/queue-api.ts";
export type { DecideReply, DecisionRequest } from "./record/run-replies.ts";
export type { RunSpec } from "./spec/run-spec.ts";
export { waitForEnd } from "./read/follow.ts";

export interface RunDeps {
  db: Db;
  files: Files;
  clock: Clock;
  newRunId: (nowMs: number) => RunId;
  runObject: (runId: string) => RunObjectStub;
  workerObject: (workerId: string) => WorkerObjectApi;
  /** Names among these for which no secret is set. */
  findMissingSecrets: (workspaceId: string, names: readonly string[]) => Promise<string[]>;
  sleep: (ms: number) => Promise<void>;
}

/** What a start asks for, whichever way it came in. */
export interface StartRun {
  workerName: string;
  /** The version to run; null for the active one. */
  version: number | null;
  inputs: Inputs;
  triggerSource: TriggerSource;
  triggerRef: string | null;
  idempotencyKey: string | null;
  /** Normal when it is not said. */
  priority?: Priority;
  /** How long it may wait for its turn; as the manifest says when it is not said. */
  ttlSeconds?: number | undefined;
  apiUrl: string;
  waitSeconds: number;
}

/** A run that was just accepted is on its way to its object; a reader that is quicker waits this long for it. */
const HANDOVER_GRACE_MS = 3000;

/** These wait for a paused worker: what they bring would be lost otherwise. Everybody else is refused. */
const heldWhilePaused: readonly TriggerSource[] = ["webhook", "composio", "approval"];

function assertRunnable(
  version: RunnableVersion,
  { source, missingSecrets }: { source: TriggerSource; missingSecrets: readonly string[] },
): void {
  const { manifest } = version;
  if (version.archived)
    throw new AppError("worker_archived", `${manifest.name} is archived. Restore it to run it.`);
  if (manifest.paused)
    throw new AppError("worker_paused", `${manifest.name} is paused: worker.yml says paused: true.`);
  if (version.paused && !heldWhilePaused.includes(source)) {
    throw new AppError("worker_paused", `${manifest.name} is paused. Resume it to run it.`);
  }
  if (manifest.exec.mode !== "script") {
    throw new AppError(
      "worker_not_runnable",
      `${manifest.name} is an agent (${manifest.exec.entry}); this server runs scripts.`,
    );
  }
  if (missingSecrets.length > 0) {
    throw new AppError(
      "missing_secrets",
      `${manifest.name} needs secrets that are not set: ${missingSecrets.join(", ")}.`,
    );
  }
}

/** Inputs as the version's schema takes them, and the uploads its file inputs name. */
async function resolveInputs(
  deps: Pick<RunDeps, "db">,
  place: { workspaceId: string; version: RunnableVersion },
  given: Inputs,
) {
  const fields = fieldsToGive(place.version.manifest);
  const { inputs, errors } = checkInputs(fields, given);
  const named = fields.flatMap((field) => {
    const value = inputs[field.name];
    return field.kind === "file" && typeof value === "string" ? [{ field, value }] : [];
  });
  const uploads = await findUploads(
    deps.db,
    place.workspaceId,
    named.map(({ value }) => value),
  );
  const fileErrors = named.flatMap(({ field, value }): ProblemError[] => {
    const upload = uploads.find((candidate) => candidate.sha256 === value);
    if (upload) return [fileProblem(field, upload)].filter((problem) => problem !== null);
    return [
      {
        pointer: `/inputs/${field.name}`,
        code: "unknown_file",
        detail: `names the upload ${value}, which this workspace does not have; upload the file again`,
      },
    ];
  });
  const all = [...errors, ...fileErrors];
  if (all.length > 0) {
    const detail = `${place.version.manifest.name} cannot run with these inputs: ${all.map((e) => `${e.pointer.split("/").pop()} ${e.detail}`).join("; ")}.`;
    throw new AppError("invalid_inputs", detail, { errors: all });
  }
  return { inputs, uploads };
}

/** `replayed`: the key had started this run before. `skipped`: no new run, this one is there already. */
export interface Acceptance {
  runId: string;
  how: "accepted" | "replayed" | "skipped";
}

const acceptances = { admitted: "accepted", repeat: "replayed", skipped: "skipped" } as const;

function readReply(reply: AdmitReply, workerName: string): Acceptance {
  if (reply.kind === "conflict") {
    throw new AppError(
      "idempotency_conflict",
      "This Idempotency-Key was used within a day for another request.",
    );
  }
  if (reply.kind === "full") {
    throw new AppError(
      "queue_full",
      `${workerName} has ${reply.limit} runs waiting; the limit is ${formatLimit("queue_runs")}.`,
      {
        retryAfterSeconds: 10,
      },
    );
  }
  return { runId: reply.run_id, how: acceptances[reply.kind] };
}

/** What taking a run in needs; the queue may be reached in any way that answers once it is durable. */
export interface AdmitDeps extends Pick<RunDeps, "db" | "clock" | "newRunId" | "findMissingSecrets"> {
  workerObject: (
    workerId: string,
  ) => Pick<WorkerObjectApi, "admit"> & Partial<Pick<WorkerObjectApi, "findByKey">>;
}

/**
 * Starts a run: 2xx only once it is durable in the worker's queue. The same key and request give the same run; `how`
 * says whether it is new.
 */
export async function startRun(
  deps: RunDeps,
  principal: Principal,
  request: StartRun,
): Promise<{ run: RunDetail; how: Acceptance["how"] }> {
  const { runId, how } = await acceptRun(deps, principal, request);
  if (request.waitSeconds > 0) await waitForEnd(deps, { runId, timeoutMs: request.waitSeconds * 1000 });
  return { run: await getRun(deps, principal, runId), how };
}

/** Takes a run into its worker's queue and answers its id once that is durable. */
export async function admitRun(
  deps: AdmitDeps,
  principal: Principal,
  request: Omit<StartRun, "waitSeconds">,
): Promise<string> {
  return (await acceptRun(deps, principal, request)).runId;
}

async function buildClaim(
  request: Omit<StartRun, "waitSeconds">,
  origin: RunOrigin,
): Promise<IdempotencyClaim | null> {
  if (request.idempotencyKey === null) return null;
  const digest = await sha256Hex(
    JSON.stringify([request.workerName, request.inputs, ...originFacts(origin)]),
  );
  return { key: request.idempotencyKey, digest };
}

/** The same, with how the run came to be. A key is looked up before anything is judged by the version of today. */
export async function acceptRun(
  deps: AdmitDeps,
  principal: Principal,
  request: Omit<StartRun, "waitSeconds">,
): Promise<Acceptance> {
  const workspaceId = principal.workspace_id;
  const version = await findRunnableVersion(deps.db, workspaceId, {
    workerName: request.workerName,
    number: request.version,
  });
  if (!version || !can(principal, "runs:write", { workspace_id: workspaceId })) throw notFound("worker");
  return acceptVersion(deps, { workspaceId, version, request, requestedBy: principal.id });
}

/** A run of a version that was found already. `reserveId` may change its id, once everything about it was checked. */
export interface AcceptVersion {
  workspaceId: string;
  version: RunnableVersion;
  request: Omit<StartRun, "waitSeconds">;
  /** Token or trigger that asks: who may not approve where the worker says so. */
  requestedBy?: string | undefined;
  origin?: RunOrigin;
  reserveId?: (newId: RunId) => Promise<RunId>;
}

/** Checks a run and takes it into its worker's queue; answers once it is durable there. */
export async function acceptVersion(
  deps: AdmitDeps,
  { workspaceId, version, request, requestedBy, origin = {}, reserveId }: AcceptVersion,
): Promise<Acceptance> {
  const queue = deps.workerObject(version.worker_id);
  const idempotency = await buildClaim(request, origin);
  const use = idempotency && queue.findByKey ? await queue.findByKey(idempotency) : { kind: "new" as const };
  if (use.kind !== "new") return readReply(use, request.workerName);
  const secrets = version.manifest.exec.secrets;
  const missingSecrets = secrets.length > 0 ? await deps.findMissingSecrets(workspaceId, secrets) : [];
  assertRunnable(version, { source: request.triggerSource, missingSecrets });
  const given = dropEngineKeys(version.manifest, request.inputs);
  const { inputs, uploads } = await resolveInputs(deps, { workspaceId, version }, given);
  const now = deps.clock();
  const newId = deps.newRunId(now);
  const built = buildSpec({
    runId: reserveId ? await reserveId(newId) : newId,
    workspaceId,
    version,
    given,
    requester: requestedBy,
    checked: inputs,
    uploads,
    priority: request.priority ?? "normal",
    ttlSeconds: request.ttlSeconds ?? null,
    triggerSource: request.triggerSource,
    triggerRef: request.triggerRef,
    apiUrl: request.apiUrl,
    now,
  });
  const spec = applyOrigin(built, origin);
  const concurrency = await buildConcurrency(version.manifest.concurrency, inputs);
  return readReply(await queue.admit({ spec, idempotency, concurrency }), request.workerName);
}

/** The run, waiting a moment for one that was accepted just now; null when there is none. */
export async function readView(deps: RunDeps, runId: string): Promise<RunView | null> {
  return waitForYoung(deps, { id: runId, graceMs: HANDOVER_GRACE_MS }, () => deps.runObject(runId).read());
}

/** The run if the principal may see it; otherwise the same refusal as for a run that does not exist. */
export async function requireRun(deps: RunDeps, principal: Principal, runId: string): Promise<RunView> {
  if (!runIdSchema.safeParse(runId).success) throw notFound("run");
  const view = await readView(deps, runId);
  if (!view || !can(principal, "runs:read", view)) throw notFound("run");
  return view;
}

async function storedOutputs(deps: RunDeps, runId: string): Promise<RunDetail["outputs"]> {
  const stored = await deps.files.getRunOutputs(runId);
  return stored ? (JSON.parse(await stored.text()) as RunDetail["outputs"]) : {};
}

/** Fills in what the run's object does not hold: large outputs, the end of the log, the place in the queue. */
export async function completeDetail(deps: RunDeps, view: RunView): Promise<RunDetail> {
  const { detail } = view;
  const outputs = view.outputs_stored ? await storedOutputs(deps, detail.id) : detail.outputs;
  const waits = detail.status === "queued";
  const wait = waits ? await deps.workerObject(detail.worker_uid).queueWait(detail.id) : null;
  return {
    ...detail,
    outputs,
    output: outputs,
    output_schema: detail.output_schema.map((o) =>
      view.outputs_stored ? { ...o, value: outputs[o.name] ?? null } : o,
    ),
    logs: lastLines(view.tail),
    queue_position: wait?.position ?? null,
    why_waiting: wait?.why ?? detail.why_waiting,
  };
}

export async function getRun(deps: RunDeps, principal: Principal, runId: string): Promise<RunDetail> {
  const view = await requireRun(deps, principal, runId);
  const detail = await completeDetail(deps, view);
  // A review link lets its holder decide, so it is for those alone who may decide anyway.
  return can(principal, "runs:write", view) || detail.approval_trail === null
    ? detail
    : { ...detail, approval_trail: { ...detail.approval_trail, link: null } };
}

/** Cancels a run in whatever state it is; one that has ended stays as it ended. */
export async function cancelRun(deps: RunDeps, principal: Principal, runId: string): Promise<RunDetail> {
  const view = await requireRun(deps, principal, runId);
  if (isTerminal(view.detail.status)) return completeDetail(deps, view);
  const cancelled = await deps.runObject(runId).cancel();
  return completeDetail(deps, cancelled ?? view);
}
