import { basename, resolve } from "node:path";
import { ApiProblem } from "#contract/client";
import { contextRoutes } from "#contract/contexts/routes";
import { formatBytes, formatCount } from "#contract/words";
import type { Api } from "../../api.ts";
import { packPlainFolder } from "../../bundle/bundle.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { pushContextSpec } from "./specs.ts";

/** Puts a folder into a context, which is made where there is none. */
export const run: Run<typeof pushContextSpec> = async (context, { args, options }) => {
  const { host, output, json } = context;
  const dir = resolve(host.cwd, args.folder);
  const name = options.name ?? basename(dir);
  const { files, warnings, zip } = await packPlainFolder(dir);
  for (const warning of warnings) output.note(`warning ${warning}`);
  const api = await context.api();
  const sent = `${formatCount(files.length, "file")} (${formatBytes(zip.byteLength)})`;
  const live = json ? undefined : output.liveLine();
  live?.set(`Sending ${sent}`);
  const { mirror, allow, base } = options;
  const change = await makeWhereMissing(api, name)
    .then(() =>
      api.call(contextRoutes.uploadContext, {
        params: { context: name },
        query: { mirror: mirror ? "true" : "false", allow: allow ? "true" : "false", base },
        headers: { "content-type": "application/zip" },
        body: zip,
      }),
    )
    .finally(() => live?.stop());
  if (json) output.document(change);
  else if (change.changed.length === 0) output.line(`${name} holds all of it already.`);
  else {
    const what = formatCount(change.changed.length, "file");
    output.line(`Pushed ${what} into ${name}, version ${change.context.version}.`);
  }
  return exitCodes.ok.code;
};

async function makeWhereMissing(api: Api, name: string): Promise<void> {
  try {
    await api.call(contextRoutes.createContext, { params: { context: name }, json: {} });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.problem.code !== "context_exists") throw error;
  }
}
