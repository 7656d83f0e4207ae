import { grantRoutes } from "#contract/members/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderSharing } from "./render-sharing.ts";
import type { showGrantsSpec } from "./specs.ts";

/** Says who sees a worker and what was granted. */
export const run: Run<typeof showGrantsSpec> = async (context, { args }) => {
  const api = await context.api();
  renderSharing(context, await api.call(grantRoutes.getWorkerSharing, { params: { worker: args.worker } }));
  return exitCodes.ok.code;
};
