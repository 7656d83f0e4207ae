import { join } from "node:path";
import type { Run } from "../../command.ts";
import { changeClientFile, requireTarget } from "./change-client-file.ts";
import type { mcpInstallSpec } from "./specs.ts";

/** Writes the entry into the client's file. */
export const run: Run<typeof mcpInstallSpec> = async (context, { options }) => {
  const target = requireTarget(options.target);
  const program = join(context.checkoutDir, "cli", "bin", "floom.mjs");
  const entry = { command: "node", args: [program, "mcp"] };
  return changeClientFile(context, { target, entry, isDry: options.dryRun });
};
