import { replayRoutes } from "#contract/replay/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderComparison } from "../../output/render-diff.ts";
import type { compareRunsSpec } from "./specs.ts";

/** Shows what differs between two runs. */
export const run: Run<typeof compareRunsSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const comparison = await api.call(replayRoutes.compareRuns, { params: args });
  if (json) output.document(comparison);
  else for (const line of renderComparison(comparison, output.style)) output.line(line);
  return exitCodes.ok.code;
};
