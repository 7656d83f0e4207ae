import { defineCommand } from "../../command.ts";

const name = { description: "Name of the service account.", required: true } as const;

export const createServiceSpec = defineCommand({
  name: "service-accounts create",
  summary: "Make a service account for a program, such as CI",
  args: { name },
  options: {
    role: {
      kind: "value",
      flags: "--role <role>",
      description:
        "What its tokens may do at most: viewer (default), editor or admin. None decides approvals.",
      choices: ["viewer", "editor", "admin"],
    },
  },
  json: true,
  examples: [
    {
      line: "floom service-accounts create ci --role editor",
      does: "Make one that may deploy and start runs.",
    },
  ],
});

export const listServicesSpec = defineCommand({
  name: "service-accounts list",
  aliases: ["ls"],
  summary: "List the workspace's service accounts",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom service-accounts list", does: "Show their roles and how many tokens each has." }],
});

export const deleteServiceSpec = defineCommand({
  name: "service-accounts delete",
  aliases: ["rm"],
  summary: "Delete a service account with all its tokens",
  args: { name },
  options: { yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." } },
  json: true,
  examples: [
    { line: "floom service-accounts delete ci --yes", does: "Delete it; its tokens are good for nothing." },
  ],
});
