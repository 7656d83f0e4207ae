import type { AlertOutboxApi } from "../alerts/outbox-api.ts";
import type { RunObjectStub } from "../runs/record/run-api.ts";
import type { WorkerObjectApi } from "../queue/queue-api.ts";
import type { CapacityApi } from "../sandboxes/capacity-api.ts";
import type { InboxApi } from "../hooks/inbox/inbox-api.ts";
import type { ScheduleApi } from "../schedules/schedule-api.ts";

/** The object of one run. The generated binding types know no class, so the promise of its calls is made here, once. */
export function runObjectStub(namespace: DurableObjectNamespace, runId: string): RunObjectStub {
  return namespace.get(namespace.idFromName(runId)) as unknown as RunObjectStub;
}

/** The object of one worker, as what keeps its deliveries. */
export function inboxStub(namespace: DurableObjectNamespace, workerId: string): InboxApi {
  return namespace.get(namespace.idFromName(workerId)) as unknown as InboxApi;
}

/** The one object that is asked before every sandbox: the provider's limits are those of the whole account. */
export function capacityStub(namespace: DurableObjectNamespace): CapacityApi {
  return namespace.get(namespace.idFromName("sandboxes")) as unknown as CapacityApi;
}

/** The object of one worker, by its uid: a worker made again under an old name starts with an empty queue. */
export function workerObjectStub(
  namespace: DurableObjectNamespace,
  workerId: string,
): WorkerObjectApi & AlertOutboxApi & ScheduleApi {
  return namespace.get(namespace.idFromName(workerId)) as unknown as WorkerObjectApi &
    AlertOutboxApi &
    ScheduleApi;
}
