import { workspaceIdSchema } from "#contract/ids";
import { buildConnectionEvent } from "../../alerts/build-message.ts";
import type { ConnectionTrouble } from "../../alerts/build-message.ts";
import { listActiveWorkers } from "../../catalog/active-workers.ts";
import type { ConnectionTarget } from "../../connections/connection-api.ts";
import { kindOf } from "../../connections/kind-of.ts";
import { means } from "../../connections/resolve-service.ts";
import { log } from "../../platform/log.ts";
import { listWantedConnections } from "../../registry/wanted-connections.ts";
import type { Host } from "../host.ts";

/** Has the alerts of every worker that declares a connection told of trouble with it. A repeat makes no second message. */
export async function tellTrouble(
  host: Host,
  { id, workspace_id, name, settings }: ConnectionTarget,
  trouble: ConnectionTrouble,
): Promise<void> {
  log("warn", "tools" in trouble ? "connection.tool_changed" : "connection.failing", { connection_id: id });
  const place = { kind: kindOf(settings), name, settings };
  const all = await listActiveWorkers(host, workspaceIdSchema.parse(workspace_id));
  const declaring = all.filter(({ version }) =>
    listWantedConnections(version.manifest).some((wanted) => means(wanted, place)),
  );
  for (const { worker } of declaring) {
    const event = { worker: worker.name, connection: { id, name }, at: host.clock() };
    await host.worker(worker.id).outbox.raiseAlert(buildConnectionEvent(event, trouble, host.publicUrl));
  }
}
