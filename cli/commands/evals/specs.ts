import { defineCommand } from "../../command.ts";
import { inputOptions, timeout, worker } from "../arguments.ts";

const evaluation = (description: string) => ({ description, required: false }) as const;

export const testSpec = defineCommand({
  name: "test",
  summary: "Give a worker, or a folder, one input, and judge what it gives",
  description: [
    "One run of the active version, of another one by --version, or of a folder: a folder is stored as a version that is not activated (the first version of a new worker is active at once). The exit code is 0 for pass and 1 for all else.",
    "It passes where the inputs are taken, the run completes, and its outputs are as declared and as --expect says. --json prints outputs, what is wrong with inputs and outputs by JSON pointer, cost, time, the end of the log, and the verdict.",
  ].join("\n\n"),
  args: {
    target: {
      description: "Name of the worker, or a folder, written with a slash or as `.`.",
      required: true,
      complete: "workers",
    },
  },
  options: {
    version: { kind: "number", flags: "--version <number>", description: "Which version (the active one)." },
    ...inputOptions,
    expect: {
      kind: "list",
      flags: "-e, --expect <name=value>",
      description: "An output that is expected; may be given several times.",
    },
    timeout,
  },
  json: true,
  examples: [
    {
      line: 'floom test ticket-router -i ticket="I was charged twice" -e team=billing',
      does: "Try the active version.",
    },
    {
      line: "floom test ./ticket-router -f case.json --json | jq .output_errors",
      does: "Try a folder before it goes live.",
    },
  ],
});

export const runEvalsSpec = defineCommand({
  name: "evals run",
  summary: "Evaluate a worker by the cases in its evals/, and wait for the verdict",
  description: [
    "Each sample of each case is one run of the version. The exit code is 0 for pass and 1 for fail; --json prints the evaluation with its cases, whose verdict is pass or fail.",
    "It passes where each suite meets its threshold, every sample could be judged and, beside the baseline, nothing is a regression, lost or dropped.",
  ].join("\n\n"),
  args: { worker },
  options: {
    version: {
      kind: "number",
      flags: "--version <number>",
      description: "Which version (the active one).",
    },
    suite: { kind: "list", flags: "--suite <name>", description: "Only this suite; may be repeated." },
    key: {
      kind: "value",
      flags: "--key <text>",
      description: "The same key finds the same evaluation, e.g. a commit.",
    },
    detach: { kind: "flag", flags: "--detach", description: "Do not wait." },
  },
  json: true,
  examples: [
    { line: "floom evals run ticket-router", does: "Evaluate the active version." },
    {
      line: "floom evals run ticket-router --version 4 --json | jq -r .verdict",
      does: "Print pass or fail.",
    },
  ],
});

export const listEvalsSpec = defineCommand({
  name: "evals list",
  aliases: ["ls"],
  summary: "List a worker's evaluations, newest first",
  args: { worker },
  options: { limit: { kind: "number", flags: "--limit <number>", description: "How many at most (20)." } },
  json: true,
  examples: [{ line: "floom evals list ticket-router", does: "Show how its versions have done." }],
});

export const showEvalSpec = defineCommand({
  name: "evals show",
  aliases: ["info"],
  summary: "Show an evaluation with its cases, and why those that failed did",
  args: { worker, evaluation: evaluation("Id of the evaluation (the newest).") },
  options: {},
  json: true,
  examples: [{ line: "floom evals show ticket-router", does: "Show the newest one." }],
});

export const cancelEvalSpec = defineCommand({
  name: "evals cancel",
  summary: "End an evaluation with its runs",
  args: { worker, evaluation: { description: "Id of the evaluation.", required: true } },
  options: {},
  json: true,
  examples: [
    { line: "floom evals cancel ticket-router evl_01k0000000000000000000000a", does: "End this evaluation." },
  ],
});

export const compareEvalsSpec = defineCommand({
  name: "evals compare",
  summary: "Compare an evaluation with the baseline, or with another one",
  description:
    "Says regression or improvement where an exact test at alpha 0.05 does, and noise otherwise. The exit code is 1 for a regression.",
  args: { worker, evaluation: evaluation("Id of the evaluation (the newest that is over).") },
  options: {
    to: { kind: "value", flags: "--to <id>", description: "What it is compared with (the baseline)." },
  },
  json: true,
  examples: [{ line: "floom evals compare ticket-router", does: "Show what the newest one changed." }],
});

export const baselineSpec = defineCommand({
  name: "evals baseline",
  summary: "Make an evaluation what later ones are compared with",
  args: { worker, evaluation: evaluation("Id of the evaluation (the newest that has passed).") },
  options: {},
  json: true,
  examples: [{ line: "floom evals baseline ticket-router", does: "Hold later versions to the newest one." }],
});

export const tournamentSpec = defineCommand({
  name: "evals tournament",
  summary: "Rank versions of a worker by comparing the evaluations of each with each",
  description:
    "Evaluates each version once (the same versions again are not evaluated anew within a day), then compares every pair; the alpha of 0.05 is shared by all pairs.",
  args: { worker },
  options: {
    version: {
      kind: "list",
      flags: "--version <number>",
      description: "A version that takes part; to be given twice at least.",
    },
    key: {
      kind: "value",
      flags: "--key <text>",
      description: "Name of the tournament: another one evaluates anew (the date).",
    },
  },
  json: true,
  examples: [
    {
      line: "floom evals tournament ticket-router --version 3 --version 4 --version 5",
      does: "Say which is best.",
    },
  ],
});

export const impactSpec = defineCommand({
  name: "workers impact",
  summary: "Show what depends on a worker, and what another version of it would break",
  description: "The exit code is 1 where something that is mapped would break.",
  args: { worker },
  options: {
    version: { kind: "number", flags: "--version <number>", description: "Which version (the newest)." },
  },
  json: true,
  examples: [
    { line: "floom workers impact text-extract --version 5", does: "Look before version 5 goes live." },
  ],
});
