import { contextRoutes } from "#contract/contexts/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { contextVersionsSpec } from "./specs.ts";

const DIGEST_SHOWN = 9;

/** Lists a context's versions, newest first. */
export const run: Run<typeof contextVersionsSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const versions = await api.call(contextRoutes.listContextVersions, { params: { context: args.context } });
  if (json) output.document(versions);
  else if (versions.length === 0) output.note("Nothing was put into it yet.");
  else {
    output.table(
      ["VERSION", "DIGEST", "FILES", "WHAT", "BY", "WHEN"],
      versions.map((one) => [
        String(one.version),
        one.sha.slice(0, DIGEST_SHOWN),
        String(one.file_count),
        one.message,
        one.author,
        one.timestamp,
      ]),
    );
  }
  return exitCodes.ok.code;
};
