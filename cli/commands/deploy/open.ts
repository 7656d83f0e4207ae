import { spawn } from "node:child_process";
import { shareRoutes } from "#contract/shares/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { openSpec } from "./specs.ts";

/** Prints where a worker's page is; on a terminal it is opened, too. */
export const run: Run<typeof openSpec> = async (context, { args }) => {
  const api = await context.api();
  const { worker: id, url } = await api.call(shareRoutes.getApp, { params: { worker: args.worker } });
  if (context.json) {
    context.output.document({ worker: id, url });
    return exitCodes.ok.code;
  }
  context.output.line(url);
  if (context.host.stdout.isTerminal) openBrowser(url);
  return exitCodes.ok.code;
};

const OPENERS: Readonly<Record<string, string>> = { darwin: "open", win32: "explorer.exe" };

/** Where there is no browser the address has been printed, which is all that was promised. */
function openBrowser(url: string): void {
  const child = spawn(OPENERS[process.platform] ?? "xdg-open", [url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
