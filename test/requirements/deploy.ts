import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/how-to/deploy.md";

/** Bringing the edge to life in an account, and up to date. */
export const requirements: Requirement[] = [
  {
    id: "deploy:command:goes-on-after-any-failure",
    promise:
      "A deployment that fails at any step says what to do, and the same command goes on: nothing is made twice and no key is lost.",
    source: SOURCE,
  },
  {
    id: "deploy:command:upgrades",
    promise: "Run again it upgrades, the database's migrations before the script that needs them.",
    source: SOURCE,
  },
  {
    id: "deploy:command:way-back",
    promise: "An upgrade that is not well is told with the way back to the version before it.",
    source: SOURCE,
  },
  {
    id: "deploy:keys:rotate-with-overlap",
    promise:
      "Signing and master keys are replaced while serving; the old one is good until nothing needs it.",
    source: SOURCE,
  },
];
