import { spendGroupSchema } from "#contract/spend/spend";
import { defineCommand } from "../../command.ts";

export const spendSpec = defineCommand({
  name: "spend",
  summary: "Say what runs have cost",
  description:
    "What the workspace has spent in a month (UTC), by worker, person or day, and how its caps stand. Caps are settings of the workspace: see docs/explanation/spend.md. With --mine, what your own runs have cost today and this month.",
  args: {},
  options: {
    by: {
      kind: "value",
      flags: "--by <what>",
      description: "What to put the amounts together by (worker).",
      choices: spendGroupSchema.options,
    },
    month: {
      kind: "value",
      flags: "--month <month>",
      description: "Another month than this one, e.g. 2026-03.",
    },
    mine: { kind: "flag", flags: "--mine", description: "Your own runs alone." },
  },
  json: true,
  examples: [
    { line: "floom spend --by user", does: "See who has spent what this month." },
    { line: "floom spend --mine", does: "See what you may still spend." },
  ],
});
