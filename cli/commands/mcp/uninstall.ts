import type { Run } from "../../command.ts";
import { changeClientFile, requireTarget } from "./change-client-file.ts";
import type { mcpUninstallSpec } from "./specs.ts";

/** Takes the entry out of the client's file again. */
export const run: Run<typeof mcpUninstallSpec> = async (context, { options }) =>
  changeClientFile(context, { target: requireTarget(options.target), entry: null, isDry: options.dryRun });
