import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "pipelines:validated-at-push",
    promise:
      "A pipeline whose stage names no worker, lacks an input or is given one of another type is refused at push, with the line.",
    source: "Issue M, 1: validated at push",
  },
];
