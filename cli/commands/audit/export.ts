import { resolve } from "node:path";
import { auditRoutes } from "#contract/audit/routes";
import { formatBytes } from "#contract/words";
import { writeWhole } from "../../bundle/save-files.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { exportAuditSpec } from "./specs.ts";

/** Writes the record of changes with its proof, as it comes: whole or not at all where it goes into a file. */
export const run: Run<typeof exportAuditSpec> = async (context, { options }) => {
  const { host, output, json } = context;
  const api = await context.api();
  const { body } = await api.open(auditRoutes.exportAudit, {});
  let size = 0;
  const counted = async function* () {
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      yield chunk;
    }
  };
  if (options.output === undefined) {
    for await (const chunk of counted()) await output.bytes(chunk);
    return exitCodes.ok.code;
  }
  const file = resolve(host.cwd, options.output);
  await writeWhole(file, counted());
  if (json) output.document({ file, size_bytes: size });
  else output.line(`Saved ${file} (${formatBytes(size)}).`);
  return exitCodes.ok.code;
};
