import { defineCommand } from "../../command.ts";
import { worker } from "../arguments.ts";

const learning = { description: "Id of the learning.", required: true } as const;

export const listLearningsSpec = defineCommand({
  name: "learnings list",
  aliases: ["ls"],
  summary: "List what a worker's agent has learned",
  description: "Newest first. Runs are told of those alone that are kept; the others wait for you.",
  args: { worker },
  options: {
    waiting: { kind: "flag", flags: "--waiting", description: "Only those that wait for a review." },
  },
  json: true,
  examples: [
    { line: "floom learnings list research-brief", does: "Show all of them." },
    { line: "floom learnings list research-brief --waiting --json", does: "Print those that wait." },
  ],
});

export const keepLearningSpec = defineCommand({
  name: "learnings keep",
  summary: "Let runs be told of a learning that waits",
  args: { worker, learning },
  options: {},
  json: true,
  examples: [
    { line: "floom learnings keep research-brief lrn_01k6mz0000000000000000000a", does: "Keep it." },
  ],
});

export const dropLearningSpec = defineCommand({
  name: "learnings drop",
  aliases: ["rm"],
  summary: "Delete a learning, whether it waits or is kept",
  args: { worker, learning },
  options: {},
  json: true,
  examples: [
    { line: "floom learnings drop research-brief lrn_01k6mz0000000000000000000a", does: "Delete it." },
  ],
});

export const listFeedbackSpec = defineCommand({
  name: "feedback list",
  aliases: ["ls"],
  summary: "List the rules that people have given a worker's agent",
  args: { worker },
  options: {},
  json: true,
  examples: [{ line: "floom feedback list research-brief", does: "Show them, newest first." }],
});

export const addFeedbackSpec = defineCommand({
  name: "feedback add",
  summary: "Give a worker's agent a rule, of which each run is told that begins from then on",
  args: { worker, text: { description: "The rule, in a sentence.", required: true } },
  options: {},
  json: true,
  examples: [
    { line: 'floom feedback add research-brief "Name the date of each source."', does: "Add a rule." },
  ],
});

export const resolveFeedbackSpec = defineCommand({
  name: "feedback resolve",
  summary: "Take a rule out of force",
  args: { worker, feedback: { description: "Id of the rule.", required: true } },
  options: {},
  json: true,
  examples: [
    {
      line: "floom feedback resolve research-brief wfb_01k6mz0000000000000000000a",
      does: "Runs are not told of it any more.",
    },
  ],
});
