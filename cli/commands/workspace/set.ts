import { changeSettingsSchema } from "#contract/retention/retention";
import type { ChangeSettings } from "#contract/retention/retention";
import { retentionRoutes } from "#contract/retention/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { describeSettings } from "./settings.ts";
import type { setWorkspaceSpec } from "./specs.ts";

/** Changes one setting and says how it stands. */
export const run: Run<typeof setWorkspaceSpec> = async (context, { args }) => {
  const { output, json } = context;
  const change = parseSetting(args.setting, args.value);
  const api = await context.api();
  const settings = await api.call(retentionRoutes.changeWorkspaceSettings, { json: change });
  if (json) output.document(settings);
  else {
    for (const [name, value] of describeSettings(settings))
      if (name === args.setting) output.line(`${name}: ${value}`);
  }
  return exitCodes.ok.code;
};

/** One setting as the server takes it; `none` takes it away. Throws `usage` for what is no setting, or no value of it. */
function parseSetting(name: string, text: string): ChangeSettings {
  const names = Object.keys(changeSettingsSchema.shape);
  if (!names.includes(name)) throw usageError(`There is no setting ${name}. There are: ${names.join(", ")}.`);
  const value = text === "none" ? null : /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
  const parsed = changeSettingsSchema.safeParse({ [name]: value });
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues.map(({ message }) => message).join("; ");
  throw usageError(`${text} is no value for ${name}: ${why}. none takes the setting away.`);
}
