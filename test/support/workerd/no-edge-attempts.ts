import type { EdgeAttempts } from "../../../worker/runs/ports/edge-attempts.ts";

const refuse = async (): Promise<never> => {
  throw new Error("This test has no attempts that the edge carries out by itself.");
};

/** For runs that all need a sandbox. */
export const noEdgeAttempts: EdgeAttempts = {
  launch: refuse,
  readJournal: refuse,
  openFile: refuse,
  kill: refuse,
  killAttempt: refuse,
  wake: refuse,
  forget: refuse,
};
