import { retentionRoutes } from "#contract/retention/routes";
import { changeSettingsSchema } from "#contract/retention/retention";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { describeDays } from "./render-storage.ts";
import type { setRetentionSpec } from "./specs.ts";

/** Sets the time, and says when it takes effect. */
export const run: Run<typeof setRetentionSpec> = async (context, { args }) => {
  const { output, json } = context;
  const change = { retention_days: parseDays(args.days) };
  const api = await context.api();
  const settings = await api.call(retentionRoutes.changeWorkspaceSettings, { json: change });
  if (json) {
    output.document(settings);
    return exitCodes.ok.code;
  }
  const { next_look_at: next } = await api.call(retentionRoutes.getStorage);
  output.line(`Ended runs are kept ${describeDays(settings.retention_days)}.`);
  if (settings.retention_days !== null) output.note(`What is older goes from ${next} on.`);
  return exitCodes.ok.code;
};

function parseDays(text: string): number | null {
  if (text === "forever") return null;
  const parsed = changeSettingsSchema.safeParse({ retention_days: /^\d+$/.test(text) ? Number(text) : text });
  if (parsed.success && typeof parsed.data.retention_days === "number") return parsed.data.retention_days;
  throw usageError(`${text} is neither a number of days from 1 to 3650 nor forever.`);
}
