import { versionRoutes } from "#contract/versions/routes";
import { workerRoutes } from "#contract/workers/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderVersionDiff } from "../../output/render-diff.ts";
import type { diffVersionsSpec } from "./specs.ts";

/** Shows what changes from one version to another; without a second number, to the active one. */
export const run: Run<typeof diffVersionsSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const { worker, from: version } = args;
  const other = args.to ?? String((await api.call(workerRoutes.getWorker, { params: { worker } })).version);
  const diff = await api.call(versionRoutes.diffVersions, { params: { worker, version, other } });
  if (json) output.document(diff);
  else for (const line of renderVersionDiff(diff, output.style)) output.line(line);
  return exitCodes.ok.code;
};
