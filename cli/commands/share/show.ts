import { shareRoutes } from "#contract/shares/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { printApp } from "./print-app.ts";
import type { showAppSpec } from "./specs.ts";

/** Shows a worker's public page. */
export const run: Run<typeof showAppSpec> = async (context, { args }) => {
  const api = await context.api();
  printApp(context, await api.call(shareRoutes.getApp, { params: { worker: args.worker } }));
  return exitCodes.ok.code;
};
