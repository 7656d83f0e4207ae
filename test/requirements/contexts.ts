import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/how-to/contexts.md";

/** Folders of files that people and workers share. */
export const requirements: Requirement[] = [
  {
    id: "contexts:files:versioned",
    promise: "Every change of a context is a new version; no earlier one is ever changed.",
    source: SOURCE,
  },
  {
    id: "contexts:files:same-content-once",
    promise:
      "The same content is kept once in a context, and a change that changes nothing makes no version.",
    source: SOURCE,
  },
  {
    id: "contexts:history:restore",
    promise:
      "A file and a whole context can be brought back as they were, without anything of the history going.",
    source: SOURCE,
  },
  {
    id: "contexts:change:no-lost-update",
    promise: "Of two changes at the same time none is lost: the second is made on the first, or refused.",
    source: SOURCE,
  },
  {
    id: "contexts:secrets:found",
    promise:
      "A file that looks as if it held a secret is refused with its place, and its value is in no answer.",
    source: SOURCE,
  },
  {
    id: "contexts:private:hidden",
    promise: "A private context is, for everybody but its maker and the workspace's owner, not there.",
    source: SOURCE,
  },
  {
    id: "contexts:names:safe",
    promise:
      "No path, link or zip puts a file of a context anywhere else, or makes the server unpack more than it may.",
    source: SOURCE,
  },
  {
    id: "contexts:memory:only-grows",
    promise: "The learnings of a memory are only added to, whoever writes them.",
    source: SOURCE,
  },
  {
    id: "contexts:mounts:placed",
    promise: "A script finds each context that it mounts, as its newest version was when the attempt began.",
    source: SOURCE,
  },
  {
    id: "contexts:mounts:read-only",
    promise: "What a script writes into a context that it does not mount writeable never gets into it.",
    source: SOURCE,
  },
  {
    id: "contexts:mounts:missing-is-told",
    promise: "A worker whose context is missing is told at push and at start, before anything runs.",
    source: SOURCE,
  },
  {
    id: "contexts:write-back:changed-files",
    promise:
      "What a script changed in a writeable context becomes its next version when the run has ended well.",
    source: SOURCE,
  },
  {
    id: "contexts:write-back:once",
    promise: "However often the end of a run is settled, it writes a context once.",
    source: SOURCE,
  },
  {
    id: "contexts:write-back:no-lost-update",
    promise: "Of two runs that change the same file one fails with the file's name; other files are merged.",
    source: SOURCE,
  },
  {
    id: "contexts:write-back:no-secrets",
    promise: "A run's secret gets into no context.",
    source: SOURCE,
  },
  {
    id: "contexts:deleted:nothing-left",
    promise: "A deleted context, or workspace, leaves no file of it behind.",
    source: SOURCE,
  },
  {
    id: "contexts:story:whole-system",
    promise:
      "In the whole system a script reads what it mounts, changes nothing that is read-only, writes one version after a good end alone, and a zip bomb is refused.",
    source: "docs/how-to/contexts.md",
  },
];
