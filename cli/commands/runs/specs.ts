import { priorities, runStatuses } from "#contract/runs/lists";
import { defineCommand } from "../../command.ts";
import { approve, reject } from "../approvals/specs.ts";
import { hidden, inputOptions, run, timeout } from "../arguments.ts";

export const runSpec = defineCommand({
  name: "run",
  summary: "Run a worker and follow it to its end",
  description: [
    "The live log and the progress go to standard error, the outputs to standard output. With --json nothing but the run as one JSON document is printed, once it has ended.",
    "An input is name=value. `name=@path` uploads the file for a file input, and reads the file's text for any other; `name=@@text` means the text @text itself. Numbers, booleans and JSON are converted by the type that the worker declares.",
    "Ctrl-C stops following; the run goes on.",
  ].join("\n\n"),
  args: { worker: { description: "Name of the worker.", required: true, complete: "workers" } },
  options: {
    ...inputOptions,
    wait: {
      kind: "switch",
      flags: "--wait",
      description: "Follow the run to its end (default); --no-wait answers as soon as it is on the record.",
    },
    timeout,
    outputDir: {
      kind: "value",
      flags: "-o, --output-dir <dir>",
      description: "Save the run's files here.",
      complete: "folders",
    },
    force: {
      kind: "flag",
      flags: "--force",
      description: "With -o: replace files that are there and differ.",
    },
    hidden,
    priority: {
      kind: "value",
      flags: "--priority <priority>",
      description: "Where it stands in the worker's queue (normal).",
      choices: priorities,
    },
    ttl: {
      kind: "number",
      flags: "--ttl <seconds>",
      description: "How long it may wait for its turn; after that it ends as failed.",
    },
    idempotencyKey: {
      kind: "value",
      flags: "--idempotency-key <key>",
      description: "The same key and inputs start one run, however often it is sent.",
    },
  },
  json: true,
  examples: [
    { line: "floom run hello-worker --input name=Ada", does: "Run and watch." },
    {
      line: "floom run hello-worker --input name=Ada --json | jq .outputs",
      does: "Use the outputs in a script.",
    },
    {
      line: "floom run csv-enricher --input companies=@companies.csv -o results",
      does: "Send a file, save the results.",
    },
    { line: "floom run slow-progress --no-wait", does: "Start it and go on." },
  ],
});

export const listRunsSpec = defineCommand({
  name: "runs list",
  aliases: ["ls"],
  summary: "List runs, newest first",
  args: {},
  options: {
    worker: {
      kind: "value",
      flags: "-w, --worker <name>",
      description: "Only runs of this worker.",
      complete: "workers",
    },
    status: {
      kind: "value",
      flags: "-s, --status <status>",
      description: "Only runs in this status.",
      choices: runStatuses,
    },
    limit: { kind: "number", flags: "-n, --limit <number>", description: "How many at most (20)." },
  },
  json: true,
  examples: [
    { line: "floom runs list", does: "Show the last 20 runs." },
    { line: "floom runs list --worker hello-worker --status failed", does: "Show what went wrong." },
  ],
});

export const showRunSpec = defineCommand({
  name: "runs show",
  aliases: ["info"],
  summary: "Show a run: status, failure, outputs, files",
  args: { run },
  options: {},
  json: true,
  examples: [{ line: "floom runs show run_01j9... --json", does: "Print the whole record." }],
});

export const logsSpec = defineCommand({
  name: "runs logs",
  summary: "Print what a run's script printed",
  description:
    "Prints the script's own lines, from its standard output and standard error, and nothing else.",
  args: { run },
  options: {
    follow: { kind: "flag", flags: "-f, --follow", description: "Go on until the run ends." },
    system: { kind: "flag", flags: "--system", description: "Print the platform's lines too." },
    timestamps: { kind: "flag", flags: "-t, --timestamps", description: "Begin every line with its time." },
  },
  json: true,
  examples: [
    { line: "floom runs logs run_01j9...", does: "Print the log." },
    { line: "floom runs logs -f run_01j9...", does: "Follow it." },
    { line: "floom runs logs -f run_01j9... --json", does: "Follow it as one JSON document a line." },
  ],
});

export const cancelSpec = defineCommand({
  name: "runs cancel",
  summary: "Cancel a run, whatever it is doing",
  args: { run },
  options: {},
  json: true,
  examples: [{ line: "floom runs cancel run_01j9...", does: "Stop it now." }],
});

export const downloadSpec = defineCommand({
  name: "runs download",
  summary: "Download a run: record, outputs and files",
  description: "By default as <run>.zip in this folder; with --output-dir the run's files alone, unpacked.",
  args: { run },
  options: {
    output: {
      kind: "value",
      flags: "--output <file>",
      description: "Name of the zip, - for standard output.",
      complete: "files",
    },
    outputDir: {
      kind: "value",
      flags: "-o, --output-dir <dir>",
      description: "Save the run's files here instead of a zip.",
      complete: "folders",
    },
    force: { kind: "flag", flags: "--force", description: "Replace files that are there already." },
    hidden,
  },
  json: true,
  examples: [
    { line: "floom runs download run_01j9...", does: "Save run_01j9....zip." },
    { line: "floom runs download run_01j9... -o results", does: "Save its files in results." },
  ],
});

export const approveRunSpec = defineCommand({
  name: "runs approve",
  ...approve,
  examples: [{ line: 'floom runs approve run_01j9... --comment "Looks good"', does: "Let it happen." }],
});

export const rejectRunSpec = defineCommand({
  name: "runs reject",
  ...reject,
  examples: [{ line: 'floom runs reject run_01j9... --reason "Too early"', does: "Stop it." }],
});

export const listToolCallsSpec = defineCommand({
  name: "runs tools",
  summary: "List what a run has wanted to do by its tools, and what became of it",
  description:
    "Held and denied calls are among them. With --json each call comes with its arguments, its request and its answer, without any secret's value.",
  args: { run },
  options: {
    limit: { kind: "number", flags: "-n, --limit <number>", description: "How many at most (200)." },
  },
  json: true,
  examples: [
    { line: "floom runs tools run_01j9...", does: "Show the calls." },
    {
      line: "floom runs tools run_01j9... --json | jq '.tool_calls[].request'",
      does: "Print what was sent.",
    },
  ],
});

export const compareRunsSpec = defineCommand({
  name: "runs compare",
  summary: "Compare two runs: status, timing, inputs, outputs, log",
  args: { run, other: { description: "Id of the other run.", required: true, complete: "runs" } },
  options: {},
  json: true,
  examples: [{ line: "floom runs compare run_01j9... run_01ja...", does: "Show what differs." }],
});
