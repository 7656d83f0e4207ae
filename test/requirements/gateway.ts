import type { Requirement } from "../requirements.ts";

const source = "Issue M, point 6";

export const requirements: Requirement[] = [
  {
    id: "gateway:import",
    promise:
      "The workers, pipelines, query sources and councils of a gateway's YAML become folders that can be pushed.",
    source,
  },
  {
    id: "gateway:names-what-cannot-be",
    promise:
      "What of a gateway cannot be carried over is named with its file, its line and the reason; nothing is dropped in silence.",
    source,
  },
  {
    id: "gateway:no-collisions",
    promise:
      "Of two entries of a gateway that would be called the same the second is refused, and no tool has a dot in its name.",
    source,
  },
];
