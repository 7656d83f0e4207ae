import { setVisibilitySchema } from "#contract/members/member";
import { grantRoutes } from "#contract/members/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderSharing } from "./render-sharing.ts";
import type { setVisibilitySpec } from "./specs.ts";

/** Shows a worker to the whole workspace, or to few. */
export const run: Run<typeof setVisibilitySpec> = async (context, { args }) => {
  const asked = setVisibilitySchema.safeParse({ visibility: args.visibility });
  if (!asked.success)
    throw usageError("A worker is private, or the workspace's: write private or workspace.");
  const api = await context.api();
  const params = { worker: args.worker };
  renderSharing(context, await api.call(grantRoutes.setWorkerVisibility, { params, json: asked.data }));
  return exitCodes.ok.code;
};
