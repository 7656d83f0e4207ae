import { auditEventKindSchema } from "#contract/audit/audit";
import { defineCommand } from "../../command.ts";

/** By what events of the record are chosen. */
const filters = {
  event: {
    kind: "value",
    flags: "-e, --event <kind>",
    description: "Only requests, or only what the gate told of this kind.",
    choices: [...auditEventKindSchema.options],
  },
  worker: {
    kind: "value",
    flags: "-w, --worker <name>",
    description: "Only what this worker's runs called.",
  },
  tool: { kind: "value", flags: "-t, --tool <name>", description: "Only calls of this tool." },
  run: { kind: "value", flags: "--run <id>", description: "Only what this run called." },
  action: { kind: "value", flags: "-a, --action <action>", description: "Only these, e.g. setSecret." },
  actor: { kind: "value", flags: "--actor <id>", description: "Only by this token or account." },
  resource: {
    kind: "value",
    flags: "-r, --resource <kind/id>",
    description: "Only of this, e.g. worker/hello.",
  },
  outcome: {
    kind: "value",
    flags: "--outcome <outcome>",
    description: "Only what was not done.",
    choices: ["refused", "failed"],
  },
} as const;

export const listAuditSpec = defineCommand({
  name: "audit list",
  aliases: ["ls", "show"],
  summary: "List who changed what, newest first",
  description:
    "Every request that changed something in the workspace or was refused, and every outcome of a call that its workers made through the gate. Filters may be combined.",
  args: {},
  options: {
    ...filters,
    since: {
      kind: "value",
      flags: "--since <time>",
      description: "Only those from this time on (ISO 8601).",
    },
    until: { kind: "value", flags: "--until <time>", description: "Only those until this time (ISO 8601)." },
    limit: { kind: "number", flags: "-n, --limit <number>", description: "How many at most (50)." },
  },
  json: true,
  examples: [
    { line: "floom audit list --outcome refused", does: "See what somebody tried and was not allowed." },
    {
      line: "floom audit show --event trust_violation --worker hello",
      does: "What a worker tried that its tier forbids.",
    },
    { line: "floom audit list -r worker/hello --json", does: "Everything that was done to one worker." },
  ],
});

export const tailAuditSpec = defineCommand({
  name: "audit tail",
  summary: "Follow the record of changes as it grows",
  description:
    "Shows what is put on record from now on, until it is interrupted. Goes on where it was when the connection breaks. Filters may be combined; with --json each event is a line, with the number of its entry as seq.",
  args: {},
  options: {
    ...filters,
    after: {
      kind: "number",
      takesZero: true,
      flags: "--after <seq>",
      description: "Begin behind the entry of this number; 0 for the first that is kept.",
    },
  },
  json: true,
  examples: [
    { line: "floom audit tail --outcome refused", does: "See refusals as they come." },
    {
      line: "floom audit tail --worker hello --after 0 --json",
      does: "Everything of one worker, a line each.",
    },
  ],
});

export const verifyAuditSpec = defineCommand({
  name: "audit verify",
  summary: "Judge whether the record of changes is what was written",
  description:
    "Every change hangs on the one before it by its hash, and the newest is signed. Without --file the server judges its own record: hashes, MACs, the list that people see, and the last signed end. With --file an export is judged here, and nobody is asked. Ends with 1 and names the first entry that is not what was written.",
  args: {},
  options: {
    file: {
      kind: "value",
      flags: "-f, --file <file>",
      description: "An export to judge instead of the server's record.",
      complete: "files",
    },
    key: {
      kind: "value",
      flags: "--key <fingerprint>",
      description: "With --file: only an end that is signed by this key will do.",
    },
  },
  json: true,
  examples: [
    { line: "floom audit verify", does: "Have the server judge its record." },
    {
      line: "floom audit verify --file audit.ndjson --key 3f9a0c12d4e5b677",
      does: "Judge an export, offline.",
    },
  ],
});

export const exportAuditSpec = defineCommand({
  name: "audit export",
  summary: "Take the record of changes away, with its proof",
  description:
    "One JSON document a line: where the chain begins, each entry with its hash, and the signed end. Judge it with `floom audit verify --file`.",
  args: {},
  options: {
    output: {
      kind: "value",
      flags: "-o, --output <file>",
      description: "Where to save it; standard output when left out.",
      complete: "files",
    },
  },
  json: true,
  examples: [{ line: "floom audit export > audit.ndjson", does: "Save it by the shell." }],
});
