import { runRoutes } from "#contract/runs/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderStatus } from "../../output/render-run.ts";
import type { cancelSpec } from "./specs.ts";

/** Cancels a run; one that has ended stays as it is, which is told and is no error. */
export const run: Run<typeof cancelSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const detail = await api.call(runRoutes.cancelRun, { params: { run: args.run } });
  if (json) output.document(detail);
  else output.line(`${detail.id} ${renderStatus(detail.status, output.style)}`);
  return exitCodes.ok.code;
};
