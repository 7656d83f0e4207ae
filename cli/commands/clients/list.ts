import { oauthRoutes } from "#contract/oauth/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listClientsSpec } from "./specs.ts";

/** Lists the programs that act for the person whose token is used, in the token's workspace. */
export const run: Run<typeof listClientsSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const clients = await api.call(oauthRoutes.listConnectedClients);
  if (json) output.document(clients);
  else if (clients.length === 0) output.note("No program acts for you here.");
  else {
    output.table(
      ["ID", "NAME", "WORKSPACE", "MAY", "CONNECTED", "LAST USED"],
      clients.map((client) => [
        client.id,
        client.known_by === "itself" ? `${client.client_name} (by its own word)` : client.client_name,
        client.workspace_name,
        client.scopes.join(","),
        client.connected_at.slice(0, 10),
        client.last_used_at ?? "-",
      ]),
    );
  }
  return exitCodes.ok.code;
};
