import type { AlertOutboxApi } from "../alerts/outbox-api.ts";
import type { AttemptApi } from "../attempts/attempt-api.ts";
import type { WatchApi } from "../anomalies/watch-api.ts";
import type { AuditChainApi } from "../audit/chain/chain-api.ts";
import type { ConnectionApi } from "../connections/connection-api.ts";
import type { EvaluationApi } from "../evaluations/evaluation-api.ts";
import type { InboxApi } from "../hooks/inbox/inbox-api.ts";
import type { QueueApi } from "../queue/queue-api.ts";
import type { BuildOrder, DependencyBuilds } from "../runs/ports/dependency-builds.ts";
import type { RunNotice } from "../runs/record/build-notice.ts";
import type { RunObjectStub } from "../runs/record/run-api.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import type { BuildUpkeepApi, HousekeeperApi, UpkeepApi } from "../retention/housekeeper-api.ts";
import type { CapacityApi, RoomGuest } from "../sandboxes/capacity-api.ts";
import type { StoreApi, StorePlace } from "../store/store-api.ts";
import type { CallRatesApi } from "../tools/call-rates.ts";
import type { ScheduleApi } from "../schedules/schedule-api.ts";

/** The remote calls of a WorkerObject: its parts', and what only the object can do, over several of them at once. */
export interface WorkerObjectApi
  extends QueueApi<RunSpec>, ScheduleApi, InboxApi, AlertOutboxApi, UpkeepApi, CallRatesApi {
  /**
   * A run needs its place no more: it is free, and whoever wants to know what became of the run is told. A repeat
   * changes nothing. Answers the rows written since the last release.
   */
  release(runId: string, notice?: RunNotice): Promise<number>;
  /** Something is to be told of a run that keeps its place. A repeat makes no second message. */
  tellOf(notice: RunNotice): Promise<void>;
}

/** What the object behind each binding promises. The shells say `implements`, so that a promise nobody keeps does not compile. */
interface ObjectApis {
  runs: RunObjectStub;
  workers: WorkerObjectApi;
  capacity: CapacityApi;
  housekeepers: HousekeeperApi;
  builds: DependencyBuilds & BuildUpkeepApi & RoomGuest;
  stores: StoreApi;
  chains: AuditChainApi & WatchApi;
  attempts: AttemptApi;
  connections: ConnectionApi;
  evaluations: EvaluationApi;
}

/** The bindings of the objects. */
export type ObjectBindings = Record<keyof ObjectApis, DurableObjectNamespace>;

/** The object of this name. The generated types of bindings know no class: the one place where a stub is told its calls. */
function openStub<Binding extends keyof ObjectApis>(
  bindings: ObjectBindings,
  binding: Binding,
  name: string,
): ObjectApis[Binding] {
  const namespace = bindings[binding];
  return namespace.get(namespace.idFromName(name)) as unknown as ObjectApis[Binding];
}

/** One worker's object by its parts: whoever works with the queue is shown the queue. */
export interface WorkerParts {
  queue: QueueApi<RunSpec>;
  schedules: ScheduleApi;
  inbox: InboxApi;
  outbox: AlertOutboxApi;
  upkeep: UpkeepApi;
  rates: CallRatesApi;
  release: WorkerObjectApi["release"];
  tellOf: WorkerObjectApi["tellOf"];
}

/** The object of one run. */
export function runStub(bindings: ObjectBindings, runId: string): RunObjectStub {
  return openStub(bindings, "runs", runId);
}

/** The parts of one worker's object, by the worker's uid: a worker made again under an old name starts with an empty queue. */
export function workerParts(bindings: ObjectBindings, workerId: string): WorkerParts {
  const object = openStub(bindings, "workers", workerId);
  return {
    queue: object,
    schedules: object,
    inbox: object,
    outbox: object,
    upkeep: object,
    rates: object,
    release: (runId, notice) => object.release(runId, notice),
    tellOf: (notice) => object.tellOf(notice),
  };
}

/** The one object that is asked before every sandbox: the provider's limits are those of the whole account. */
export function capacityStub(bindings: ObjectBindings): CapacityApi {
  return openStub(bindings, "capacity", "sandboxes");
}

/** The object that keeps one workspace's house. */
export function housekeeperStub(bindings: ObjectBindings, workspaceId: string): HousekeeperApi {
  return openStub(bindings, "housekeepers", workspaceId);
}

/** What is built: the dependencies of one version, or a template. */
export type Buildable =
  | { kind: "dependencies"; worker_id: string; bundle_digest: string }
  | Pick<BuildOrder & { kind: "template" }, "kind" | "template">;

/** The object that builds one thing: one for each, so that it is built once. */
export function buildStub(bindings: ObjectBindings, of: Buildable): ObjectApis["builds"] {
  const name =
    of.kind === "template" ? `template/${of.template.name}` : `${of.worker_id}/${of.bundle_digest}`;
  return openStub(bindings, "builds", name);
}

/** The store of a worker, by its uid, or of a workspace. No id of the one is an id of the other. */
export function storeStub(bindings: ObjectBindings, place: StorePlace): StoreApi {
  return openStub(bindings, "stores", place.kind === "worker" ? place.worker_id : place.workspace_id);
}

/** The chain of a workspace's record of changes. */
export function chainStub(bindings: ObjectBindings, workspaceId: string): AuditChainApi & WatchApi {
  return openStub(bindings, "chains", workspaceId);
}

/** The object of one attempt that the edge carries out by itself. */
export function attemptStub(bindings: ObjectBindings, runId: string, attempt: number): AttemptApi {
  return openStub(bindings, "attempts", `${runId}/${attempt}`);
}

/** The object of one connection: its credentials, its tools, its calls. */
export function connectionStub(bindings: ObjectBindings, connectionId: string): ConnectionApi {
  return openStub(bindings, "connections", connectionId);
}

/** The object that carries out one evaluation. */
export function evaluationStub(bindings: ObjectBindings, evaluationId: string): EvaluationApi {
  return openStub(bindings, "evaluations", evaluationId);
}
