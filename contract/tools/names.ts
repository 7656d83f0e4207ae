import { defaultTools } from "./default-tools.ts";
import { fullTools } from "./full-tools.ts";

/** What the platform's own tools are called, in whichever set: no tool of a worker is reached by one of these names. */
export const platformToolNames: ReadonlySet<string> = new Set([
  ...[...defaultTools, ...fullTools].map(({ name }) => name),
  "worker_search",
]);
