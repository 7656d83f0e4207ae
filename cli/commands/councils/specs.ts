import { defineCommand } from "../../command.ts";

const run = { description: "Id of the council's run.", required: true, complete: "runs" } as const;

export const showCouncilSpec = defineCommand({
  name: "councils show",
  summary: "Show who may see what in a council, and what was said",
  description: "A council is started like every other worker, with floom run.",
  args: { run },
  options: {
    member: { kind: "value", flags: "-m, --member <name>", description: "Only the turns of this member." },
  },
  json: true,
  examples: [
    { line: "floom councils show run_01j9...", does: "Read the discussion, also while it goes on." },
    { line: "floom councils show run_01j9... --member doubter", does: "Read what one of them has said." },
  ],
});

export const sayToCouncilSpec = defineCommand({
  name: "councils say",
  summary: "Say something to a council that is under way",
  description: "Every turn that begins from then on is told of it.",
  args: { run, message: { description: "What is said.", required: true } },
  options: {
    as: { kind: "value", flags: "--as <name>", description: "Who says it; audience when left out." },
  },
  json: true,
  examples: [{ line: 'floom councils say run_01j9... "Think of the costs."', does: "Put in a word." }],
});

export const stopCouncilSpec = defineCommand({
  name: "councils stop",
  summary: "Stop a council and have it come to a conclusion",
  description:
    "Turns that are under way are waited for, people who are asked are not. To end it without a conclusion, cancel its run.",
  args: { run },
  options: {
    reason: {
      kind: "value",
      flags: "--reason <text>",
      description: "Told to whoever writes the conclusion.",
    },
  },
  json: true,
  examples: [{ line: "floom councils stop run_01j9...", does: "Enough was said." }],
});
