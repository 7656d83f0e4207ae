import type { Principal } from "#contract/access/access";
import type { PlanState, StageView, StoredPipeline } from "#contract/pipelines/stage";
import type { ReplayRequest } from "#contract/replay/replay";
import { fromWireWorker } from "#contract/floom-wire";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { actorOf } from "../../access/principal.ts";
import { can } from "../../access/policy.ts";
import { AppError, notFound } from "../../platform/app-error.ts";
import { keepPlanners, keepStages } from "./keep-stages.ts";
import type { RunOrigin } from "../spec/run-origin.ts";
import { editInputs } from "./edit-inputs.ts";
import { requireRun, stagesOf } from "../read/read-run.ts";
import { admitRun, readStarted } from "../start/start-run.ts";
import type { Acceptance, StartDeps } from "../start/start-run.ts";
import { findWorkerVersion } from "../../catalog/store.ts";

export interface Replay {
  runId: string;
  /** Null when the path does not name the run's worker. */
  workerName: string | null;
  replay: ReplayRequest;
  idempotencyKey: string | null;
  waitSeconds: number;
}

export interface ReplayDeps extends StartDeps {
  /** The plan that an attempt of a run has carried out; null where it has none. */
  readPlan: (runId: string, attempt: number) => Promise<PlanState | null>;
}

/** Runs an ended run again, on its own version or on the active one. Throws `run_not_ended`. */
export async function replayRun(
  deps: ReplayDeps,
  principal: Principal,
  request: Replay,
): Promise<{ run: RunDetail; how: Acceptance["how"] }> {
  const started = await admitReplay(deps, principal, { ...request, on: request.replay.version });
  return readStarted(deps, principal, { started, waitSeconds: request.waitSeconds });
}

/** Takes the replay of an ended run into its worker's queue; `on` where its key is good for one version alone. Throws `run_not_ended`. */
export async function admitReplay(
  deps: ReplayDeps,
  principal: Principal,
  request: Omit<Replay, "waitSeconds"> & { on?: "same" | "active" },
): Promise<Acceptance> {
  const view = await requireRun(deps, principal, request.runId);
  const { detail } = view;
  const { name: workerName } = fromWireWorker(detail);
  if (request.workerName !== null && request.workerName !== workerName) throw notFound("run");
  if (!can(principal, "runs:write", { workspace_id: principal.workspace_id })) throw notFound("run");
  if (!isTerminal(detail.status)) {
    throw new AppError(
      "run_not_ended",
      `${detail.id} is ${detail.status}; it can be replayed once it has ended.`,
    );
  }
  const { version: which, inputs, dry } = request.replay;
  const number = which === "same" ? detail.version : null;
  const workspaceId = principal.workspace_id;
  const found = await findWorkerVersion(deps.db, { workspaceId, workerName }, number);
  // A worker made again under an old name is another worker.
  if (!found || found.worker.id !== detail.worker_uid) throw notFound("worker");
  const { pipeline } = found.version.manifest;
  const isPlanned = request.replay.from_stage !== undefined && pipeline?.plan !== undefined;
  const from = fromStage(request.replay, {
    id: detail.id,
    had: stagesOf(view.tail),
    pipeline,
    plan: isPlanned ? await deps.readPlan(detail.id, detail.attempt) : null,
  });
  const trigger_event = await deps.runObject(detail.id).findTriggerEvent();
  return admitRun(deps, {
    found,
    requestedBy: actorOf(principal),
    origin: {
      replay_of: detail.id,
      dry,
      trigger_event,
      ...(request.on ? { replay_on: request.on } : {}),
      ...from,
    },
    request: {
      workerName,
      action: detail.action,
      inputs: editInputs(detail.inputs, inputs),
      triggerSource: "manual",
      triggerRef: null,
      idempotencyKey: request.idempotencyKey,
    },
  });
}

interface EarlierRun {
  id: string;
  had: readonly StageView[];
  pipeline: StoredPipeline | undefined;
  /** What a worker had planned in it. */
  plan: PlanState | null;
}

/** Throws `stage_unknown` for a stage that neither the version's pipeline nor the run's plan has. */
function fromStage(
  { from_stage: name, stage_inputs: inputs }: ReplayRequest,
  { id, had, pipeline, plan }: EarlierRun,
): Pick<RunOrigin, "from_stage"> {
  if (name === undefined) {
    if (inputs === undefined) return {};
    const errors = [{ pointer: "/from_stage", detail: "is required where there are stage_inputs" }];
    throw new AppError("invalid_request", "stage_inputs are of the stage that from_stage names.", {
      errors,
    });
  }
  const edits = inputs === undefined ? {} : { inputs };
  const kept = pipeline === undefined ? null : keepStages(pipeline, { from: name, had });
  if (kept !== null) return { from_stage: { name, kept, ...edits } };
  const ofPlan = plan === null ? null : keepStages(plan, { from: name, had });
  if (plan !== null && ofPlan !== null)
    return { from_stage: { name, kept: [...keepPlanners(had), ...ofPlan], plan, ...edits } };
  const names = [...(pipeline?.stages ?? []), ...(plan?.stages ?? [])].map((stage) => stage.name).join(", ");
  throw new AppError(
    "stage_unknown",
    pipeline === undefined
      ? `${id} is no run of a pipeline: it has no stages.`
      : `The pipeline has no stage ${name}; its stages are ${names}.`,
  );
}
