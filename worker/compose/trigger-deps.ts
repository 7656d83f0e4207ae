import { firstWorkspaceId } from "../access/principal.ts";
import { resumeExternal } from "../approvals/resume-service.ts";
import { listConnectionRows } from "../connections/store.ts";
import type { HookDeps } from "../hooks/hook-service.ts";
import { findRunRows } from "../runs/record/store.ts";
import type { CalendarDeps } from "../triggers/calendar-service.ts";
import type { TriggerDeps } from "../triggers/service.ts";
import type { Host } from "./host.ts";
import { startDeps } from "./run-deps.ts";

export function hookDeps(host: Host): HookDeps {
  return {
    ...startDeps(host),
    boxKeys: host.config,
    homeWorkspace: firstWorkspaceId,
    eventKey: host.config.composio.eventKey,
    hasAccount: (workspaceId, connection, account) => hasAccount(host, { workspaceId, connection }, account),
    newDeliveryId: (nowMs) => host.newId("dlv", nowMs),
    inbox: (workerId) => host.worker(workerId).inbox,
    resumeExternal: (worker, event) =>
      resumeExternal(
        { db: host.db, clock: host.clock, publicUrl: host.publicUrl, runObject: (runId) => host.run(runId) },
        worker,
        event,
      ),
  };
}

/** Whether a workspace's connection, by its name or its id, is signed in to an app as this account. */
async function hasAccount(
  host: Host,
  { workspaceId, connection }: { workspaceId: string; connection: string },
  account: string,
): Promise<boolean> {
  const rows = await listConnectionRows(host.db, workspaceId, null);
  const row = rows.find(({ id, name }) => id === connection || name === connection);
  return row !== undefined && host.connection(row.id).hasAccount(account);
}

export function triggerDeps(host: Host): TriggerDeps & CalendarDeps {
  return {
    runStatuses: async (workspaceId, ids) => {
      const runs = await findRunRows(host.db, workspaceId, ids);
      return new Map([...runs].map(([id, { status }]) => [id, status]));
    },
    ...hookDeps(host),
    newId: host.newId,
    schedules: (workerId) => host.worker(workerId).schedules,
    linkOrigin: host.linkOrigin,
  };
}
