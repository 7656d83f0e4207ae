import type { Principal } from "#contract/access/access";
import { buildToldCalls, buildTranscript } from "#contract/runs/build-transcript";
import type { StageView } from "#contract/pipelines/stage";
import { runIdSchema } from "#contract/ids";
import type { WorkerId } from "#contract/ids";
import type { CalledRun } from "#contract/calls/call";
import { fromWireWorker } from "#contract/floom-wire";
import type { RunDetail } from "#contract/runs/run";
import { can } from "../../access/policy.ts";
import type { Resource } from "../../access/policy.ts";
import { notFound } from "../../platform/app-error.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Files } from "../../platform/files.ts";
import { defineUnmarked, storedValuesSchema } from "../../platform/objects/stored-document.ts";
import { waitForYoung } from "../../platform/wait-for.ts";
import type { QueueApi, QueueWait } from "../../queue/queue-api.ts";
import type { RunObjectStub, RunView } from "../record/run-api.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { lastLines } from "./read-log.ts";

export interface ReadDeps {
  files: Files;
  clock: Clock;
  runObject: (runId: string) => RunObjectStub;
  /** The queue of a worker, by the worker's uid. */
  queue: (workerId: WorkerId) => QueueApi<RunSpec>;
  /** The worker's uid of a run that lists show; null for none. */
  findRunWorker: (workspaceId: string, runId: string) => Promise<WorkerId | null>;
  sleep: (ms: number) => Promise<void>;
}

/** By the names that the worker declares: a mark could bear the name of one of them. */
const outputsForm = defineUnmarked("outputs of a run", storedValuesSchema);

/** A run that was accepted just now is on its way to its object; a reader that is quicker waits this long for it. */
const HANDOVER_GRACE_MS = 3000;

/** The run, waiting a moment for one that was accepted just now; null when the workspace has none. */
export async function readView(
  deps: ReadDeps,
  { workspaceId, runId }: { workspaceId: string; runId: string },
): Promise<RunView | null> {
  return waitForYoung(deps, { id: runId, graceMs: HANDOVER_GRACE_MS }, async () => {
    const view = await deps.runObject(runId).read();
    if (view) return view;
    // One that waits may be in its queue alone until somebody asks for it.
    const workerId = await deps.findRunWorker(workspaceId, runId);
    const isQueued = workerId !== null && (await deps.queue(workerId).tell(runId));
    return isQueued ? deps.runObject(runId).read() : null;
  });
}

/** The run if the principal may see it; otherwise the same refusal as for a run that does not exist. */
export async function requireRun(deps: ReadDeps, principal: Principal, runId: string): Promise<RunView> {
  if (!runIdSchema.safeParse(runId).success) throw notFound("run");
  const view = await readView(deps, { workspaceId: principal.workspace_id, runId });
  if (!view || !can(principal, "runs:read", runResource(view))) throw notFound("run");
  return view;
}

/** A run as what somebody may do something to: it is its worker's. Pure. */
export function runResource({ workspace_id, detail }: Pick<RunView, "workspace_id" | "detail">): Resource {
  return { workspace_id, worker_id: detail.worker_uid };
}

async function readStoredOutputs(deps: ReadDeps, runId: string): Promise<RunDetail["outputs"]> {
  const stored = await deps.files.getRunOutputs(runId);
  return stored ? outputsForm.readText(await stored.text()) : {};
}

/** The stages of a pipeline's run as they were told last; none of all else. Pure. */
export function stagesOf(tail: RunView["tail"]): readonly StageView[] {
  return tail.findLast((event) => event.type === "stages")?.stages ?? [];
}

/** A run as the API shows it: its view, with what its object does not hold. Pure. */
export function fillDetail(
  view: RunView,
  known: { outputs: RunDetail["outputs"]; wait: QueueWait | null },
): RunDetail {
  const { detail } = view;
  const { outputs, wait } = known;
  const transcript = buildTranscript(view.tail);
  return {
    ...detail,
    outputs,
    output: outputs,
    output_schema: detail.output_schema.map((o) =>
      view.outputs_stored ? { ...o, value: outputs[o.name] ?? null } : o,
    ),
    logs: lastLines(view.tail),
    transcript,
    tool_calls: buildToldCalls(transcript),
    stages: [...stagesOf(view.tail)],
    queue_position: wait?.position ?? null,
    why_waiting: wait?.why ?? detail.why_waiting,
  };
}

/** Fills in what the run's object does not hold: large outputs, the end of the log, the place in the queue. */
export async function completeDetail(deps: ReadDeps, view: RunView): Promise<RunDetail> {
  const { detail } = view;
  const outputs = view.outputs_stored ? await readStoredOutputs(deps, detail.id) : detail.outputs;
  const waits = detail.status === "queued";
  const wait = waits ? await deps.queue(detail.worker_uid).queueWait(detail.id) : null;
  return fillDetail(view, { outputs, wait });
}

/** The run with all there is to say of it. Throws not_found for one that the principal may not see. */
export async function getRun(deps: ReadDeps, principal: Principal, runId: string): Promise<RunDetail> {
  const view = await requireRun(deps, principal, runId);
  const detail = await completeDetail(deps, view);
  // A review link lets its holder decide, so it is for those alone who may decide anyway.
  return can(principal, "approvals:decide", runResource(view)) || detail.approval_trail === null
    ? detail
    : { ...detail, approval_trail: { ...detail.approval_trail, link: null } };
}

/** A run that was called, as whoever called it sees it. */
export async function describeChild(deps: ReadDeps, view: RunView): Promise<CalledRun> {
  const detail = await completeDetail(deps, view);
  const { id, status, outputs, failure } = detail;
  return { run_id: id, worker: fromWireWorker(detail).name, status, outputs, failure };
}
