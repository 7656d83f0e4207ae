import { defineCommand } from "../../command.ts";

export const showRetentionSpec = defineCommand({
  name: "retention show",
  summary: "Say what is stored, for how long, and what goes when",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom retention show", does: "Show what there is, and when the oldest goes." }],
});

export const setRetentionSpec = defineCommand({
  name: "retention set",
  summary: "Set for how long ended runs are kept",
  description:
    "Runs that ended longer ago go with their logs, files and approvals; so do uploads and versions that nothing needs any more. What is older goes at the next look, at the time that this command says: until then a longer time takes it back.",
  args: {
    days: {
      description: "A number of days from 1 to 3650, or forever.",
      required: true,
      complete: ["7", "30", "90", "365", "forever"],
    },
  },
  options: {},
  json: true,
  examples: [
    { line: "floom retention set 30", does: "Keep ended runs for 30 days." },
    { line: "floom retention set forever", does: "Delete nothing for its age." },
  ],
});
