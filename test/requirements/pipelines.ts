import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "pipelines:validated-at-push",
    promise:
      "A pipeline whose stage names no worker, lacks an input or is given one of another type is refused at push, with the line.",
    source: "Issue M, 1: validated at push",
  },
  {
    id: "pipelines:older-format",
    promise: "A pipeline of the older format is read unchanged, and what has no effect in it is named with its line.",
    source: "Issue M, 1: the original's YAML unchanged",
  },
];
