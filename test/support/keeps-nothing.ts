import type { RunWrites } from "../../worker/runs/ports/run-writes.ts";

/** A store that runs have written nothing to. */
export const keepsNothing: RunWrites = {
  prepare: async () => ({ kind: "ready" }),
  decide: async () => {},
};
