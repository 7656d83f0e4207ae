import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/how-to/secrets.md";

/** What workers may know and nobody else may read. */
export const requirements: Requirement[] = [
  {
    id: "secrets:stored:envelope",
    promise:
      "A secret is stored under a key that is itself wrapped by a master key, bound to what it is for.",
    source: SOURCE,
  },
  {
    id: "secrets:stored:write-only",
    promise: "No answer of the API holds a secret's value, and no table does in the clear.",
    source: SOURCE,
  },
  {
    id: "secrets:rotation:old-key-useless",
    promise: "After a master key was replaced, the old one opens nothing any more.",
    source: SOURCE,
  },
  {
    id: "secrets:rotation:while-serving",
    promise: "A master key is replaced while runs start, and none of them fails for it.",
    source: SOURCE,
  },
  {
    id: "secrets:rotation:lost-for-good",
    promise: "A workspace whose key opens no more gets a new one from the owner, who is told what is lost.",
    source: SOURCE,
  },
  {
    id: "secrets:rotation:server-owner",
    promise:
      "Master keys are replaced and given up by the owner of the server, by their token or signed in, and by nobody else.",
    source: SOURCE,
  },
  {
    id: "secrets:api:versions",
    promise: "Setting a secret makes a new version; runs get the newest one at their launch.",
    source: SOURCE,
  },
  {
    id: "secrets:api:grants",
    promise: "A secret can be kept to named workers, and no other gets it.",
    source: SOURCE,
  },
  {
    id: "secrets:api:last-used",
    promise: "A secret tells when a run was last given it and which, at the cost of one row an hour.",
    source: SOURCE,
  },
  {
    id: "secrets:api:deleted",
    promise: "A deleted secret is given to no run, and its value is gone when no run can have it any more.",
    source: SOURCE,
  },
  {
    id: "secrets:cli:never-argv",
    promise: "The command line takes a secret's value from a prompt or standard input, never as an argument.",
    source: SOURCE,
  },
  {
    id: "secrets:run:declared-only",
    promise: "A run gets the secrets that its worker declares, in either place, and no others.",
    source: SOURCE,
  },
  {
    id: "secrets:run:missing-refused",
    promise: "A worker whose secrets are missing is told so at push and refused at start, by their names.",
    source: SOURCE,
  },
  {
    id: "secrets:hosts:never-inside",
    promise:
      "A secret that is bound to hosts is put into requests to them on their way out and never enters a sandbox.",
    source: SOURCE,
  },
  {
    id: "secrets:hosts:bound-with-the-value",
    promise:
      "The hosts of a secret change only together with its value, and stay when nothing is said of them.",
    source: SOURCE,
  },
  {
    id: "secrets:redaction:nothing-readable",
    promise:
      "A secret's value that a worker lets out is masked in log, events, outputs and errors, in common encodings and over borders.",
    source: SOURCE,
  },
  {
    id: "secrets:redaction:files",
    promise:
      "A file that a run leaves is kept with *** in a secret's place, or not kept, and the run says so.",
    source: SOURCE,
  },
  {
    id: "secrets:redaction:calls",
    promise: "What a script hands to a worker that it calls holds no value of its secrets.",
    source: SOURCE,
  },
  {
    id: "secrets:redaction:linear",
    promise: "Masking a log takes time in proportion to its size, whatever it holds.",
    source: SOURCE,
  },
];
