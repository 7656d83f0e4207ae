import { defineCommand } from "../../command.ts";

const secret = { description: "Name of the secret, e.g. API_KEY.", required: true } as const;
const onlyWorkers = {
  kind: "list",
  flags: "-w, --worker <name>",
  description: "Keep it to this worker; may be given several times.",
  complete: "workers",
} as const;

/** What is wrong with a value among the arguments, and what to do. */
export const valueIsAsked =
  "The value cannot be given as an argument: type it when asked, or pipe it in. One that was typed here is in your shell's history.";

export const setSecretSpec = defineCommand({
  name: "secrets set",
  summary: "Set a secret, or give it a new value",
  description:
    "The value is asked for without being shown, or read from standard input, where one line end behind it is left out. It cannot be given as an argument: other programs on the machine can read those. Runs that start from now on get it; who may have it stays as it was unless `--worker` says otherwise. With `--host` no script gets it: it is put into requests to that host on their way out, and that stays so for later values, too.",
  args: { secret },
  options: {
    worker: onlyWorkers,
    host: {
      kind: "list",
      flags: "--host <name>",
      description: "Put it into https requests to this host alone; may be given several times.",
    },
    header: {
      kind: "value",
      flags: "--header <line>",
      description:
        "With hosts: the header; {value} stands for the value. Authorization: Bearer {value} unless said.",
    },
    inScript: {
      kind: "flag",
      flags: "--in-script",
      description: "Give it to scripts, also where it was put into requests before.",
    },
  },
  json: true,
  refusal: `Write the name of one secret. ${valueIsAsked}`,
  examples: [
    { line: "floom secrets set API_KEY", does: "Ask for the value." },
    { line: 'printf %s "$VALUE" | floom secrets set API_KEY', does: "Take it from another program." },
    { line: "floom secrets set API_KEY --worker invoice-bot", does: "Keep it to one worker." },
    {
      line: "floom secrets set API_KEY --host api.example.com --header 'X-Api-Key: {value}'",
      does: "Put it into requests to one host; no script ever has it.",
    },
  ],
});

export const listSecretsSpec = defineCommand({
  name: "secrets list",
  aliases: ["ls"],
  summary: "List secrets, set and missing, without their values",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom secrets list", does: "Show which are set, which workers use them, and when." }],
});

export const secretVersionsSpec = defineCommand({
  name: "secrets versions",
  summary: "Show when a secret was given which version, without values",
  args: { secret },
  options: {},
  json: true,
  examples: [{ line: "floom secrets versions API_KEY", does: "Show its versions, newest first." }],
});

export const grantSecretSpec = defineCommand({
  name: "secrets grant",
  summary: "Say which workers get a secret",
  args: { secret },
  options: {
    worker: onlyWorkers,
    all: { kind: "flag", flags: "--all", description: "Every worker that declares it." },
  },
  json: true,
  examples: [
    { line: "floom secrets grant API_KEY -w invoice-bot -w report", does: "Keep it to two workers." },
    { line: "floom secrets grant API_KEY --all", does: "Give it to every worker that declares it." },
  ],
});

export const testSecretSpec = defineCommand({
  name: "secrets test",
  summary: "Say whether a secret can be opened by this server",
  args: { secret },
  options: {},
  json: true,
  examples: [{ line: "floom secrets test API_KEY", does: "Open it and say whether that worked." }],
});

export const deleteSecretSpec = defineCommand({
  name: "secrets delete",
  aliases: ["rm"],
  summary: "Delete a secret; workers that declare it are refused from then on",
  args: { secret },
  options: { yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." } },
  json: true,
  examples: [{ line: "floom secrets delete API_KEY --yes", does: "Delete it." }],
});

export const importSecretsSpec = defineCommand({
  name: "secrets import",
  summary: "Set secrets from a .env file",
  description:
    "Takes `NAME=value` lines: quotes, `export` and comments as shells and dotenv have them. Nothing is set when a line cannot be one; values are shown nowhere.",
  args: { file: { description: "The file; - for standard input.", required: true, complete: "files" } },
  options: {},
  json: true,
  examples: [{ line: "floom secrets import .env", does: "Set every name of the file." }],
});

export const abandonKeySpec = defineCommand({
  name: "secrets abandon-key",
  summary: "Give up the key of all secrets, when its master key is lost for good",
  description:
    "For whoever runs the server, with the owner's token. The workspace gets a new key, and its secrets are gone: set each anew. Refused as long as the secrets open.",
  args: {},
  options: { yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." } },
  json: true,
  examples: [{ line: "floom secrets abandon-key", does: "Say what is lost, and ask." }],
});

export const rotateMasterSpec = defineCommand({
  name: "secrets rotate-master",
  summary: "Put everything sealed under the server's new master key",
  description:
    "For whoever runs the server: put the new key first in FLOOM_MASTER_KEYS (locally the file master-keys in FLOOM_HOME), start the server again, and call this. The old key can go once nothing is left under it.",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom secrets rotate-master", does: "Wrap all keys anew, while serving." }],
});
