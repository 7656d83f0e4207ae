import { shareRoutes } from "#contract/shares/routes";
import { appStateSchema } from "#contract/shares/share";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { printApp } from "./print-app.ts";
import { readBounds } from "./read-bounds.ts";
import type { setAppSpec } from "./specs.ts";

/** Changes who may open a worker's page, and how much it may be used. */
export const run: Run<typeof setAppSpec> = async (context, { args, options }) => {
  const { slug, password, invite, embed, accent } = options;
  const state = appStateSchema.optional().parse(options.state);
  const api = await context.api();
  const json = {
    ...(state === undefined ? {} : { state }),
    ...(slug === undefined ? {} : { slug }),
    ...(invite.length === 0 ? {} : { invited: invite }),
    ...(embed.length === 0 ? {} : { embed_origins: embed }),
    ...(accent === undefined ? {} : { theme: { accent } }),
    ...(password ? { password: await readPassword(context) } : {}),
    ...readBounds(options),
  };
  if (Object.keys(json).length === 0) throw usageError("Say what to change, e.g. --state public.");
  printApp(context, await api.call(shareRoutes.setApp, { params: { worker: args.worker }, json }));
  return exitCodes.ok.code;
};

async function readPassword({ host, output }: CommandContext): Promise<string> {
  if (host.stdin.isTerminal) return output.askHidden("Password of the page (not shown): ");
  return (await host.stdin.readAll()).replace(/\r?\n$/, "");
}
