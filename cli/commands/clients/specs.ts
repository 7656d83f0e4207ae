import { defineCommand } from "../../command.ts";

export const listClientsSpec = defineCommand({
  name: "clients list",
  aliases: ["ls"],
  summary: "List the programs that act for you: what each may do, where, when it was last used",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom clients list --json", does: "Show them as one JSON document." }],
});

export const revokeClientSpec = defineCommand({
  name: "clients revoke",
  aliases: ["rm"],
  summary: "Disconnect a program; its tokens are good for nothing from then on",
  args: {
    client: { description: "Id of the connection, ocl_...; floom clients list shows it.", required: true },
  },
  options: {},
  json: true,
  examples: [{ line: "floom clients revoke ocl_01k0000000000000000000000a", does: "Disconnect it." }],
});
