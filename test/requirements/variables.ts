import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "variables:workspace:precedence",
    promise:
      "A workspace's variable takes the place of worker.yml's default from the next push on, and gives way to a fixed value.",
    source: "Issue K, point 6",
  },
];
