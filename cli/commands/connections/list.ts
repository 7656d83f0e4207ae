import { connectionRoutes } from "#contract/connections/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listConnectionsSpec } from "./specs.ts";

/** Lists the connections that somebody sees. */
export const run: Run<typeof listConnectionsSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const connections = await api.call(connectionRoutes.listConnections);
  if (json) output.document(connections);
  else if (connections.length === 0) output.note("There is none. Make one with: floom connections add");
  else {
    output.table(
      ["CONNECTION", "KIND", "OWNER", "STATUS", "LAST USED"],
      connections.map(({ name, kind, owner, status, changed_tools, last_used_at }) => [
        name,
        kind,
        owner,
        changed_tools === 0 ? status : `${status}, ${changed_tools} tools changed`,
        last_used_at ?? "-",
      ]),
    );
  }
  return exitCodes.ok.code;
};
