import { defineCommand } from "../../command.ts";

export const listServersSpec = defineCommand({
  name: "servers list",
  aliases: ["ls"],
  summary: "List the sign-ins there are, and which is in use",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom servers list", does: "Show them, never their tokens." }],
});

export const useServerSpec = defineCommand({
  name: "servers use",
  summary: "Use another sign-in from now on",
  description:
    "The name `local` stands for the Floom of this machine, as the nearest .floom folder tells of it; it needs no sign-in. FLOOM_HOME, FLOOM_API_URL and FLOOM_TOKEN go before whatever is chosen here.",
  args: { name: { description: "Name of the sign-in, or local.", required: true } },
  options: {},
  json: true,
  examples: [
    { line: "floom servers use floom.example.com", does: "Use that one." },
    { line: "floom servers use local", does: "Use the Floom of this machine." },
  ],
});
