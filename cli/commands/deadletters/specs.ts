import { failureKinds } from "#contract/runs/lists";
import { defineCommand } from "../../command.ts";

const filters = {
  worker: {
    kind: "value",
    flags: "-w, --worker <name>",
    description: "Only runs of this worker.",
    complete: "workers",
  },
  code: { kind: "value", flags: "-c, --code <code>", description: "Only failures with this code." },
  kind: {
    kind: "value",
    flags: "-k, --kind <kind>",
    description: "Only failures of this kind.",
    choices: failureKinds.filter((kind) => kind !== "cancelled"),
  },
  since: {
    kind: "value",
    flags: "--since <time>",
    description: "Only runs accepted since then, e.g. 2026-03-02T09:00:00Z.",
  },
} as const;

const selection = {
  ...filters,
  all: { kind: "flag", flags: "--all", description: "All that the filters match, a hundred at most." },
} as const;

const runs = {
  description: "Ids of failed runs, joined by commas.",
  required: false,
  complete: "runs",
} as const;

export const listDeadLettersSpec = defineCommand({
  name: "deadletters list",
  aliases: ["ls"],
  summary: "List failed runs that nobody has started over or dismissed",
  args: {},
  options: {
    ...filters,
    limit: { kind: "number", flags: "-n, --limit <number>", description: "How many at most (20)." },
  },
  json: true,
  examples: [
    { line: "floom deadletters list", does: "Show what is left to deal with." },
    { line: "floom deadletters list --kind platform", does: "Show what was not the worker's fault." },
  ],
});

export const redriveSpec = defineCommand({
  name: "deadletters redrive",
  summary: "Start failed runs over, each once",
  description:
    "A failed run is started over once: asking again answers the run that was started. By default with the worker's active version, so that a fix that was pushed since takes effect.",
  args: { runs },
  options: {
    ...selection,
    sameVersion: {
      kind: "flag",
      flags: "--same-version",
      description: "With the failed run's own version instead of the active one.",
    },
  },
  json: true,
  examples: [
    { line: "floom deadletters redrive run_01j9...", does: "Start one over." },
    {
      line: "floom deadletters redrive --worker csv-enricher --all",
      does: "Start over all that failed of one worker.",
    },
  ],
});

export const dismissSpec = defineCommand({
  name: "deadletters dismiss",
  summary: "Take failed runs off the list; they stay on the record",
  args: { runs },
  options: selection,
  json: true,
  examples: [
    { line: "floom deadletters dismiss run_01j9...", does: "Put one aside." },
    { line: "floom deadletters dismiss --code timeout --all", does: "Put all timeouts aside." },
  ],
});
