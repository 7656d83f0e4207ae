import { contextRoutes } from "#contract/contexts/routes";
import { formatBytes } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { contextFilesSpec } from "./specs.ts";

/** Lists a context's files. */
export const run: Run<typeof contextFilesSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const detail = await api.call(contextRoutes.getContext, {
    params: { context: args.context },
    query: { path_prefix: options.path },
  });
  if (json) output.document(detail);
  else if (detail.files.length === 0) output.note("It holds no such file.");
  else {
    output.table(
      ["FILE", "SIZE", "SINCE VERSION", "NOTE"],
      detail.files.map(({ path, size_bytes, version, has_secret_warning }) => [
        path,
        formatBytes(size_bytes),
        String(version),
        has_secret_warning ? "looks as if it held a secret" : "",
      ]),
    );
  }
  return exitCodes.ok.code;
};
