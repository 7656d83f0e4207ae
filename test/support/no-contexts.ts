import type { ContextPort } from "../../worker/runs/ports/contexts.ts";

/** For runs that mount none: whoever asks all the same is told so. */
export const noContexts: ContextPort = {
  find: async () => ({ contexts: [], missing: [] }),
  openArchive: () => Promise.reject(new Error("There are no contexts here.")),
  write: async () => ({ kind: "refused", message: "There are no contexts here." }),
};
