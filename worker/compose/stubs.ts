import type { AlertOutboxApi } from "../alerts/outbox-api.ts";
import type { RunObjectStub } from "../runs/record/run-api.ts";
import type { RunNotice } from "../runs/record/build-notice.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import type { QueueApi } from "../queue/queue-api.ts";
import type { CapacityApi } from "../sandboxes/capacity-api.ts";
import type { InboxApi } from "../hooks/inbox/inbox-api.ts";
import type { ScheduleApi } from "../schedules/schedule-api.ts";

/** The object of one run. The generated binding types know no class, so the promise of its calls is made here, once. */
export function runObjectStub(namespace: DurableObjectNamespace, runId: string): RunObjectStub {
  return namespace.get(namespace.idFromName(runId)) as unknown as RunObjectStub;
}

/** The one object that is asked before every sandbox: the provider's limits are those of the whole account. */
export function capacityStub(namespace: DurableObjectNamespace): CapacityApi {
  return namespace.get(namespace.idFromName("sandboxes")) as unknown as CapacityApi;
}

/** The remote calls of a WorkerObject: its parts', and what only the object can do, over several of them at once. */
export interface WorkerObjectApi extends QueueApi<RunSpec>, ScheduleApi, InboxApi, AlertOutboxApi {
  /**
   * A run needs its place no more: it is free, and whoever wants to know what became of the run is told. A repeat
   * changes nothing. Answers the rows written since the last release.
   */
  release(runId: string, notice?: RunNotice): Promise<number>;
}

/** The object of one worker, by its uid: a worker made again under an old name starts with an empty queue. */
export function workerObjectStub(namespace: DurableObjectNamespace, workerId: string): WorkerObjectApi {
  return namespace.get(namespace.idFromName(workerId)) as unknown as WorkerObjectApi;
}
