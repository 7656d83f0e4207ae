import { defineCommand } from "../../command.ts";
import { folder, hidden, worker } from "../arguments.ts";

export const validateSpec = defineCommand({
  name: "workers validate",
  summary: "Check a folder without pushing it",
  description:
    "The server checks, by the same rules as for a push; nothing is stored. Every error is shown at once, with its line, its cause and its fix.",
  args: { dir: folder },
  options: {},
  json: true,
  examples: [{ line: "floom workers validate my-worker", does: "Show every error of my-worker/worker.yml." }],
});

export const pushSpec = defineCommand({
  name: "workers push",
  summary: "Deploy a folder: create the worker, or make a new version of it",
  description: [
    "The folder is packed as a zip and becomes an immutable numbered version, which is active at once. Pushing the same files again makes no new version.",
    "Left out are version-control and cache folders, virtual environments and node_modules (dependencies are installed from package.json or requirements.txt), and what .floomignore names in the syntax of .gitignore. A line `!node_modules/` there packs node_modules. Symbolic links are not followed: one that leads out of the folder is refused, any other is left out.",
    "When somebody else pushed since your last push or pull of this folder, the push is refused; --force pushes all the same.",
  ].join("\n\n"),
  args: { dir: folder },
  options: {
    force: { kind: "flag", flags: "--force", description: "Push even if somebody else pushed in between." },
    baseVersion: {
      kind: "value",
      flags: "--base-version <number>",
      description: "Push only if this version is active (0: only if the worker is new).",
    },
    quarantine: {
      kind: "flag",
      flags: "--quarantine",
      description: "Nothing runs the version before an owner or admin has promoted it (floom trust).",
    },
    activate: {
      kind: "switch",
      flags: "--activate",
      description: "Make it the active version (default); --no-activate stores it beside the active one.",
    },
    var: {
      kind: "list",
      flags: "--var <name=value>",
      description: "Value of one of the variables of worker.yml; may be repeated.",
    },
  },
  json: true,
  examples: [
    { line: "floom workers push workers-examples/hello-worker", does: "Deploy an example." },
    { line: "floom workers push . --quarantine", does: "Have the new version wait for a review." },
    { line: "floom workers push . --no-activate", does: "Store it, to try it with floom test." },
    { line: "floom workers push . --base-version 3", does: "Deploy only if version 3 is active." },
    {
      line: "floom workers push workers-examples/packs/prometheus --var base_url=https://prometheus.example.com",
      does: "Deploy a pack for a service of one's own.",
    },
  ],
});

export const listWorkersSpec = defineCommand({
  name: "workers list",
  aliases: ["ls"],
  summary: "List the workers",
  args: {},
  options: { archived: { kind: "flag", flags: "--archived", description: "Show archived workers too." } },
  json: true,
  examples: [
    { line: "floom workers list", does: "Show all workers and their last runs." },
    { line: "floom workers list --json | jq -r '.[].id'", does: "Print the names alone." },
  ],
});

export const showWorkerSpec = defineCommand({
  name: "workers show",
  aliases: ["info"],
  summary: "Show a worker: inputs, outputs, files, last runs",
  args: { worker },
  options: {},
  json: true,
  examples: [{ line: "floom workers show hello-worker", does: "Show what it takes and gives." }],
});

export const openapiSpec = defineCommand({
  name: "workers openapi",
  summary: "Print a worker's actions as OpenAPI 3.1",
  description:
    "The document of the active version, as `GET /api/workers/WORKER/openapi.json` answers it: a path for each action, with what goes in, what comes out and how it is refused.",
  args: { worker },
  options: {},
  json: true,
  examples: [
    { line: "floom workers openapi bills > bills.json", does: "Write it down for a generator of clients." },
  ],
});

export const pullSpec = defineCommand({
  name: "workers pull",
  summary: "Fetch a worker's folder",
  args: {
    worker,
    dir: {
      description: "Where to put it; by default a folder of the worker's name.",
      required: false,
      complete: "folders",
    },
  },
  options: {
    force: { kind: "flag", flags: "--force", description: "Replace files that differ." },
    hidden,
    version: {
      kind: "value",
      flags: "--version <number>",
      description: "Fetch this version instead of the active one.",
    },
  },
  json: true,
  examples: [
    { line: "floom workers pull hello-worker", does: "Fetch the active version into ./hello-worker." },
    { line: "floom workers pull hello-worker old --version 1", does: "Fetch version 1 into ./old." },
  ],
});

export const versionsSpec = defineCommand({
  name: "workers versions",
  summary: "List a worker's versions, newest first",
  args: { worker },
  options: { limit: { kind: "number", flags: "--limit <number>", description: "How many at most (50)." } },
  json: true,
  examples: [{ line: "floom workers versions hello-worker", does: "Show which version is active." }],
});

export const folderSpec = defineCommand({
  name: "workers folder",
  summary: "Put a worker into a folder of the list, for everybody in the workspace",
  description:
    "It goes before the folder that worker.yml names and stays when the worker is pushed; no version is made.",
  args: {
    worker,
    name: { description: "The folder; it is there as long as a worker is in it.", required: false },
  },
  options: {
    none: { kind: "flag", flags: "--none", description: "Put it into no folder." },
    declared: { kind: "flag", flags: "--declared", description: "Put it where worker.yml says." },
  },
  json: true,
  examples: [
    { line: "floom workers folder price-watch shop", does: "Put it among the shop's workers." },
    { line: "floom workers folder price-watch --declared", does: "Leave it to worker.yml again." },
  ],
});

export const archiveSpec = defineCommand({
  name: "workers archive",
  summary: "Archive a worker: hidden from lists, refuses new runs",
  args: { worker },
  options: {
    reason: { kind: "value", flags: "--reason <text>", description: "Why; shown with the worker." },
  },
  json: true,
  examples: [
    { line: 'floom workers archive old-report --reason "replaced by daily-report"', does: "Put it away." },
  ],
});

export const restoreSpec = defineCommand({
  name: "workers restore",
  summary: "Bring an archived worker back",
  args: { worker },
  options: {},
  json: true,
  examples: [{ line: "floom workers restore old-report", does: "Let it run again." }],
});

export const pauseSpec = defineCommand({
  name: "workers pause",
  summary: "Pause a worker: no new starts, and runs that wait go on waiting",
  args: { worker },
  options: {},
  json: true,
  examples: [{ line: "floom workers pause csv-enricher", does: "Hold it." }],
});

export const resumeSpec = defineCommand({
  name: "workers resume",
  summary: "Resume a paused worker: runs that wait start",
  args: { worker },
  options: {},
  json: true,
  examples: [{ line: "floom workers resume csv-enricher", does: "Let it go on." }],
});

export const deleteSpec = defineCommand({
  name: "workers delete",
  aliases: ["rm"],
  summary: "Delete a worker; the record of its runs stays until its time is over",
  description:
    "Runs that wait or are held are cancelled, a run under way comes to its end. With --purge that is cancelled as well, and the record of all its runs goes too, with their logs and files.",
  args: { worker },
  options: {
    yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." },
    purge: { kind: "flag", flags: "--purge", description: "Delete the record of its runs as well." },
  },
  json: true,
  examples: [
    { line: "floom workers delete old-report --yes", does: "Delete it without a question." },
    {
      line: "floom workers delete old-report --purge",
      does: "Delete it with all that is known of its runs.",
    },
  ],
});

export const rotateTokenSpec = defineCommand({
  name: "workers rotate-token",
  summary: "Give a worker a new token for its own webhook address, shown this once",
  description:
    "The token of /webhooks/<worker>?token=. The old one stays good for a day unless --overlap says otherwise.",
  args: { worker },
  options: {
    overlap: {
      kind: "value",
      flags: "--overlap <seconds>",
      description: "How long the old token stays good; 0 ends it now.",
    },
  },
  json: true,
  examples: [
    { line: "floom workers rotate-token hello-worker", does: "Make a new token and print it." },
    { line: "floom workers rotate-token hello-worker --overlap 0", does: "End the old one at once." },
  ],
});
