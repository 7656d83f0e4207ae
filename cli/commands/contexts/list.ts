import { contextRoutes } from "#contract/contexts/routes";
import { formatBytes } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listContextsSpec } from "./specs.ts";

/** Lists the contexts that whoever asks may know of. */
export const run: Run<typeof listContextsSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const contexts = await api.call(contextRoutes.listContexts);
  if (json) output.document(contexts);
  else if (contexts.length === 0) output.note("There is none. Make one with: floom contexts push FOLDER");
  else {
    output.table(
      ["CONTEXT", "VERSION", "FILES", "SIZE", "WORKERS MAY", "MOUNTED BY", "UPDATED"],
      contexts.map((one) => [
        one.name,
        one.version === 0 ? "-" : String(one.version),
        String(one.file_count),
        formatBytes(one.total_bytes),
        one.writeable ? "write" : "read",
        one.used_by.join(", ") || "-",
        one.updated_at,
      ]),
    );
  }
  return exitCodes.ok.code;
};
