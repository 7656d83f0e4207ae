// Owns a run from the request to its record: who may start it, what it is made of, what can be asked of it.
// Never waits for a script, never writes a run's state: that is its RunObject's alone.
// Writes nothing itself; a start goes through the worker's queue, which is durable before the answer.
import type { Principal } from "#contract/access";
import { runIdSchema, type RunId } from "#contract/ids";
import { formatLimit, limits } from "#contract/limits";
import type { Inputs, RunDetail, TriggerSource } from "#contract/run";
import { isTerminal } from "#contract/run";
import type { ProblemError } from "#contract/problem";
import { can } from "../access/policy.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { Db } from "../platform/db/client.ts";
import type { Files } from "../platform/files.ts";
import { idTime } from "../platform/ids.ts";
import { checkInputs, fileProblem } from "../registry/check-inputs.ts";
import { buildSpec } from "./build-spec.ts";
import type { AdmitReply, WorkerObjectApi } from "./queue-api.ts";
import { lastLines } from "./read-log.ts";
import type { RunObjectStub, RunView } from "./run-api.ts";
import { waitForEnd } from "./follow.ts";
import { findRunnableVersion, findUploads, type RunnableVersion } from "./store.ts";

export type { AdmitReply, AdmitRequest, WorkerObjectApi } from "./queue-api.ts";
export type { RunSpec } from "./run-spec.ts";
export { waitForEnd } from "./follow.ts";

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
  apiUrl: string;
  waitSeconds: number;
}

/** A run that was just accepted is on its way to its object; a reader that is quicker waits this long for it. */
const HANDOVER_GRACE_MS = 3000;
const YOUNG_MS = 15_000;

function assertRunnable(version: RunnableVersion, missingSecrets: readonly string[]): void {
  const { manifest } = version;
  if (version.archived)
    throw new AppError("worker_archived", `${manifest.name} is archived. Restore it to run it.`);
  if (manifest.paused)
    throw new AppError("worker_paused", `${manifest.name} is paused: worker.yml says paused: true.`);
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
  const fields = place.version.manifest.exec.inputs;
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
        detail: "is not the id of a file uploaded to this workspace",
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

function admittedRunId(reply: AdmitReply, workerName: string): string {
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
  return reply.run_id;
}

/** What taking a run in needs; the queue may be reached in any way that answers once it is durable. */
export interface AdmitDeps extends Pick<RunDeps, "db" | "clock" | "newRunId" | "findMissingSecrets"> {
  workerObject: (workerId: string) => Pick<WorkerObjectApi, "admit">;
}

/** Starts a run: 2xx only once it is durable in the worker's queue. The same key and request give the same run. */
export async function startRun(deps: RunDeps, principal: Principal, request: StartRun): Promise<RunDetail> {
  const runId = await admitRun(deps, principal, request);
  if (request.waitSeconds > 0) await waitForEnd(deps, { runId, timeoutMs: request.waitSeconds * 1000 });
  return getRun(deps, principal, runId);
}

/** Takes a run into its worker's queue and answers its id once that is durable. */
export async function admitRun(
  deps: AdmitDeps,
  principal: Principal,
  request: Omit<StartRun, "waitSeconds">,
): Promise<string> {
  const workspaceId = principal.workspace_id;
  const version = await findRunnableVersion(deps.db, workspaceId, {
    workerName: request.workerName,
    number: request.version,
  });
  if (!version || !can(principal, "runs:write", { workspace_id: workspaceId })) throw notFound("worker");
  const secrets = version.manifest.exec.secrets;
  assertRunnable(version, secrets.length > 0 ? await deps.findMissingSecrets(workspaceId, secrets) : []);
  const { inputs, uploads } = await resolveInputs(deps, { workspaceId, version }, request.inputs);
  const now = deps.clock();
  const spec = buildSpec({
    runId: deps.newRunId(now),
    workspaceId,
    version,
    given: request.inputs,
    checked: inputs,
    uploads,
    triggerSource: request.triggerSource,
    triggerRef: request.triggerRef,
    apiUrl: request.apiUrl,
    now,
  });
  const idempotency = request.idempotencyKey
    ? {
        key: request.idempotencyKey,
        digest: await sha256Hex(JSON.stringify([request.workerName, request.inputs])),
      }
    : null;
  const concurrency = version.manifest.concurrency?.limit ?? limits.worker_concurrency_runs.value;
  const reply = await deps.workerObject(version.worker_id).admit({ spec, idempotency, concurrency });
  return admittedRunId(reply, request.workerName);
}

async function readView(deps: RunDeps, runId: string): Promise<RunView | null> {
  const young = deps.clock() - idTime(runId) < YOUNG_MS;
  const until = deps.clock() + (young ? HANDOVER_GRACE_MS : 0);
  for (let waitMs = 5; ; waitMs = Math.min(waitMs * 2, 250)) {
    const view = await deps.runObject(runId).read();
    if (view || deps.clock() >= until) return view;
    await deps.sleep(waitMs);
  }
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
async function completeDetail(deps: RunDeps, view: RunView): Promise<RunDetail> {
  const { detail } = view;
  const outputs = view.outputs_stored ? await storedOutputs(deps, detail.id) : detail.outputs;
  const waiting = detail.status === "queued";
  return {
    ...detail,
    outputs,
    output: outputs,
    output_schema: detail.output_schema.map((o) =>
      view.outputs_stored ? { ...o, value: outputs[o.name] ?? null } : o,
    ),
    logs: lastLines(view.tail),
    queue_position: waiting ? await deps.workerObject(detail.worker_uid).queuePosition(detail.id) : null,
  };
}

export async function getRun(deps: RunDeps, principal: Principal, runId: string): Promise<RunDetail> {
  return completeDetail(deps, await requireRun(deps, principal, runId));
}

/** Cancels a run in whatever state it is; one that has ended stays as it ended. */
export async function cancelRun(deps: RunDeps, principal: Principal, runId: string): Promise<RunDetail> {
  const view = await requireRun(deps, principal, runId);
  if (isTerminal(view.detail.status)) return completeDetail(deps, view);
  const cancelled = await deps.runObject(runId).cancel();
  return completeDetail(deps, cancelled ?? view);
}
