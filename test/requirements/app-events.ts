import type { Requirement } from "../requirements.ts";

const SOURCE = "Issue K, point 5";

/** Events of apps that start runs. */
export const requirements: Requirement[] = [
  [
    "app-events:matched",
    "An event is for the triggers of its name, its connection and its values, in whichever form it is told.",
  ],
  ["app-events:start", "An event starts each run that it is for once, and lies in the inbox of its trigger."],
  [
    "app-events:signed",
    "What Composio has not signed, and what another workspace's account did, starts nothing.",
  ],
].map(([id = "", promise = ""]) => ({ id, promise, source: SOURCE }));
