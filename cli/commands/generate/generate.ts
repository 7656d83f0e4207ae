import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { generateRoutes } from "#contract/generate/routes";
import { workerRoutes } from "#contract/workers/routes";
import type { PushResult } from "#contract/workers/worker";
import { formatCount } from "#contract/words";
import type { Api } from "../../api.ts";
import { packFolder } from "../../bundle/bundle.ts";
import { CliError, usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { generateSpec } from "./specs.ts";

/** Has the server make a manifest of an OpenAPI document, and writes it as a folder. Nothing that is there is touched. */
export const run: Run<typeof generateSpec> = async (context, { options }) => {
  const { host, output, json } = context;
  const { openapi, name, include, writes } = options;
  if (openapi === undefined) throw usageError("--openapi is missing: the address or the file of a document.");
  const source = /^https?:\/\//.test(openapi)
    ? { openapi_url: openapi }
    : { openapi: await readText(resolve(host.cwd, openapi)) };
  const api = await context.api();
  const made = await api.call(generateRoutes.generateWorker, {
    json: { ...source, ...(name === undefined ? {} : { name }), include, writes },
  });
  const dir = resolve(host.cwd, options.out ?? made.name);
  await mkdir(dir, { recursive: true });
  await writeNew(join(dir, "worker.yml"), made.worker_yml);
  const pushed = options.push ? await pushToQuarantine(api, made.name, dir) : null;
  if (json) {
    output.document({ ...made, dir, ...(pushed === null ? {} : { pushed }) });
    return exitCodes.ok.code;
  }
  const shown = relative(host.cwd, dir) || ".";
  output.line(
    `Made ${made.name} in ${shown}: ${formatCount(made.tools.length, "tool")}, trust tier ${made.trust_tier}.`,
  );
  for (const tool of made.tools) output.line(`  ${tool}`);
  for (const { operation, reason } of made.left_out) output.note(`left out ${operation}: ${reason}`);
  output.line();
  if (pushed !== null)
    output.line(`Pushed as version ${pushed.version.number}, which waits in quarantine: nothing runs it.`);
  output.line("Read worker.yml, then:");
  for (const secret of made.secrets) output.line(`  floom secrets set ${secret}`);
  output.line(
    pushed === null
      ? `  floom workers push ${shown}`
      : `  floom trust promote ${made.name} ${pushed.version.number}`,
  );
  return exitCodes.ok.code;
};

/** What nobody has read yet waits for a person, whoever pushes it and whatever the workspace says. */
async function pushToQuarantine(api: Api, worker: string, dir: string): Promise<PushResult> {
  const { zip } = await packFolder(dir);
  return api.call(workerRoutes.putWorkerBundle, {
    params: { worker },
    query: { quarantine: "true" },
    body: zip,
    headers: { "content-type": "application/zip" },
  });
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new CliError(`${path} cannot be read.`, { exit: "notFound", code: "no_file", cause });
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (cause) {
    throw new CliError(`${path} is there already, or cannot be written.`, {
      exit: "usage",
      code: "file_exists",
      hint: "Name another folder with --out.",
      cause,
    });
  }
}
