import { versionRoutes } from "#contract/versions/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { rejectSpec } from "./specs.ts";

/** Refuses a version for good, with the reason. */
export const run: Run<typeof rejectSpec> = async (context, { args: params, options: { reason } }) => {
  const { output, json } = context;
  if (reason === undefined || reason.trim() === "")
    throw usageError("Refusing a version needs --reason: whoever pushed it wants to know why.");
  const api = await context.api();
  const version = await api.call(versionRoutes.rejectVersion, { params, json: { reason } });
  if (json) output.document(version);
  else output.line(`Version ${version.number} of ${params.worker} is rejected: nothing runs it.`);
  return exitCodes.ok.code;
};
