import type { WorkspaceSettings } from "#contract/retention/retention";
import { retentionRoutes } from "#contract/retention/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { workspaceSettingsSpec } from "./specs.ts";

/** Shows what the workspace has set. */
export const run: Run<typeof workspaceSettingsSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const settings = await api.call(retentionRoutes.getWorkspaceSettings);
  if (json) output.document(settings);
  else output.table(["SETTING", "VALUE"], describeSettings(settings));
  return exitCodes.ok.code;
};

/** Each setting with its value; `not set` for one that is null. */
export function describeSettings(settings: WorkspaceSettings): string[][] {
  return Object.entries(settings).map(([name, value]) => [name, value === null ? "not set" : String(value)]);
}
