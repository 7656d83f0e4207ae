import { defineCommand } from "../../command.ts";

const variable = {
  description: "The worker's name and its variable's, e.g. prometheus.base_url.",
  required: true,
} as const;

export const listVariablesSpec = defineCommand({
  name: "variables list",
  aliases: ["ls"],
  summary: "List the variables that the workspace sets",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom variables list", does: "Show each with its value." }],
});

export const setVariableSpec = defineCommand({
  name: "variables set",
  summary: "Set a variable of a worker's worker.yml for every push from now on",
  description:
    "For admins. Takes the place of the default in worker.yml, and gives way to --var at push. The worker need not be there yet. Variables are no secrets: everybody who sees the workspace may read them.",
  args: { variable, value: { description: "What it is to be.", required: true } },
  options: {},
  json: true,
  examples: [
    {
      line: "floom variables set prometheus.base_url https://prometheus.example.com",
      does: "Say where this workspace's Prometheus answers.",
    },
  ],
});

export const deleteVariableSpec = defineCommand({
  name: "variables delete",
  aliases: ["rm"],
  summary: "Delete a variable of the workspace",
  args: { variable },
  options: {},
  json: true,
  examples: [
    { line: "floom variables delete prometheus.base_url", does: "Go back to worker.yml's default." },
  ],
});
