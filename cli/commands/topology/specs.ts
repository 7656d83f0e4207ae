import { defineCommand } from "../../command.ts";

export const topologySpec = defineCommand({
  name: "topology",
  summary: "Show who calls what: clients, workers, tools and services",
  description:
    "From what the active versions declare, and the newest runs and calls on record. DECLARED says no where something was called that the active version does not name.",
  args: {},
  options: {
    worker: {
      kind: "value",
      flags: "-w, --worker <name>",
      description: "Only what this worker has to do with.",
      complete: "workers",
    },
  },
  json: true,
  examples: [
    { line: "floom topology", does: "Show the whole workspace." },
    { line: "floom topology --worker hello --json", does: "The nodes and edges around one worker." },
  ],
});
