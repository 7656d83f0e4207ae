import { retentionRoutes } from "#contract/retention/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { describeDays, describeLooks, describeStored } from "./render-storage.ts";
import type { showRetentionSpec } from "./specs.ts";

/** Shows what is stored and what goes when. */
export const run: Run<typeof showRetentionSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const report = await api.call(retentionRoutes.getStorage);
  if (json) output.document(report);
  else {
    output.line(`Ended runs are kept ${describeDays(report.retention_days)}.`);
    for (const line of describeStored(report)) output.line(line);
    output.line(describeLooks(report));
  }
  return exitCodes.ok.code;
};
