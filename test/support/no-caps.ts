import type { SpendPort } from "../../worker/runs/ports/spend.ts";

/** For runs on whose spending there is no cap. */
export const noCaps: SpendPort = {
  findLeft: async () => null,
  findWarnings: async () => [],
  watch: async () => {},
};
