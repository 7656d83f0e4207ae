import { buildAnomalyEvent } from "../../alerts/build-message.ts";
import type { ActingDeps, AnomalyDeps } from "../../anomalies/service.ts";
import type { AuditRow } from "../../audit/describe-call.ts";
import { holdWorker } from "../../deploys/review/hold-service.ts";
import type { Host } from "../host.ts";

/** For people who say what is done about anomalies, and who resume a worker. */
export function anomalyDeps(host: Host): AnomalyDeps {
  return {
    db: host.db,
    clock: host.clock,
    setThrottled: (workerId, throttled) => host.worker(workerId).queue.setThrottled(throttled),
  };
}

/** For the object that watches over a workspace's calls; `append` is its own. */
export function actingDeps(host: Host, append: (row: AuditRow) => Promise<void>): ActingDeps {
  const setQueuePaused = (workerId: string, paused: boolean) => host.worker(workerId).queue.setPaused(paused);
  return {
    ...anomalyDeps(host),
    newEventId: (nowMs) => host.newId("evt", nowMs),
    append,
    tell: ({ worker, cause, at, kind, tool, run_id, message }, action) => {
      const event = { worker, cause, at, kind, tool, run_id, message, action };
      return host.worker(worker.id).outbox.raiseAlert(buildAnomalyEvent(event, host.publicUrl));
    },
    pause: ({ workerId }) => holdWorker({ db: host.db, clock: host.clock, setQueuePaused }, workerId),
  };
}
