import { defineCommand } from "../../command.ts";

export const quotasSpec = defineCommand({
  name: "quotas",
  summary: "Say how much the workspace may have, and what of it is used",
  description:
    "Workers, triggers, and starts of runs a day (UTC). The server's owner sets other quotas for a workspace: see docs/explanation/quotas.md.",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom quotas", does: "See what is used of each quota." }],
});
