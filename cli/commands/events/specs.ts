import { defineCommand } from "../../command.ts";

export const listEventsSpec = defineCommand({
  name: "events list",
  aliases: ["ls"],
  summary: "List which addresses are told of events, in whose name, and until when",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom events list --json", does: "Show them as one JSON document." }],
});

export const stopEventsSpec = defineCommand({
  name: "events stop",
  aliases: ["rm"],
  summary: "Stop telling an address of events; what was not told yet is not told any more",
  args: {
    subscription: {
      description: "Id of the subscription, sub_...; floom events list shows it.",
      required: true,
    },
  },
  options: {},
  json: true,
  examples: [{ line: "floom events stop sub_01k0000000000000000000000a", does: "End it." }],
});
