// Words and options that commands of several nouns take, described once.

/** A worker by its name. */
export const worker = { description: "Name of the worker.", required: true, complete: "workers" } as const;

/** A worker whose things alone are meant. */
export const onlyWorker = {
  description: "Only those of this worker.",
  required: false,
  complete: "workers",
} as const;

/** A run by its id. */
export const run = { description: "Id of the run.", required: true, complete: "runs" } as const;

/** The folder of a worker on this machine. */
export const folder = {
  description: "Folder that holds worker.yml.",
  required: true,
  complete: "folders",
} as const;

/** Lets files be saved that tools may run by themselves, such as those in `.git` or `.vscode`. */
export const hidden = {
  kind: "flag",
  flags: "--hidden",
  description: "Save hidden files, too: those whose name, or folder's name, begins with a dot.",
} as const;

/** A webhook's trigger. */
export const webhook = {
  description: "Id of the webhook's trigger, or worker/name, e.g. github-webhook/webhook-1.",
  required: true,
} as const;

/** Which action is meant, and what it is given: the same words wherever a worker is given inputs. */
export const inputOptions = {
  action: {
    kind: "value",
    flags: "-a, --action <name>",
    description: "Which of its actions; may be left out where there is one.",
  },
  input: {
    kind: "list",
    flags: "-i, --input <name=value>",
    description: "An input; may be given several times.",
  },
  inputsFile: {
    kind: "value",
    flags: "-f, --inputs-file <path>",
    description: "JSON file with inputs, - for standard input; --input wins over it.",
    complete: "files",
  },
} as const;

/** How long a command follows a run. */
export const timeout = {
  kind: "number",
  flags: "--timeout <seconds>",
  description: "Stop waiting after so long (exit code 6); the run goes on.",
} as const;
