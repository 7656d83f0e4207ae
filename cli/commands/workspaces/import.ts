import { openAsBlob } from "node:fs";
import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { ApiProblem } from "#contract/client";
import { limits } from "#contract/limits";
import type { ImportAnswer, ImportItem } from "#contract/moves/move";
import { moveRoutes } from "#contract/moves/routes";
import { formatBytes } from "#contract/words";
import { isTransient } from "../../api.ts";
import { CliError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import type { importWorkspaceSpec } from "./specs.ts";

/** A server that is busy is asked again so often, each time after a longer pause, milliseconds. */
const PAUSES_MS = [1000, 4000, 15_000];

/** Takes an archive over, part by part, and says what became of each thing. */
export const run: Run<typeof importWorkspaceSpec> = async (context, { args, options }) => {
  const { host, output, json } = context;
  const archive = await openArchive(resolve(host.cwd, args.file));
  const query = {
    dry_run: options.dryRun ? "true" : "false",
    live: options.live ? "true" : "false",
    allow: options.allow ? "true" : "false",
  } as const;
  const api = await context.api();
  const live = json ? undefined : output.liveLine();
  live?.set(`Sending ${formatBytes(archive.size)}`);
  const items: ImportItem[] = [];
  try {
    const headers = { "content-type": "application/zip" };
    let answer = await api.call(moveRoutes.importWorkspace, { query, headers, body: archive });
    for (;;) {
      items.push(...answer.items);
      const { archive: known, next, done, total } = answer;
      live?.set(`${options.dryRun ? "Looked at" : "Took over"} ${done} of ${total}`);
      if (next === null) break;
      const params = { archive: known };
      answer = await askPatiently(context, () =>
        api.call(moveRoutes.continueImport, { params, query: { ...query, from: next } }),
      );
    }
  } finally {
    live?.stop();
  }
  if (json) output.document({ dry_run: options.dryRun, items });
  else showItems(context, items);
  return items.some(({ outcome }) => outcome === "refused") ? exitCodes.conflict.code : exitCodes.ok.code;
};

async function openArchive(file: string): Promise<Blob> {
  await access(file).catch((cause: unknown) => {
    throw new CliError(`${file} cannot be read.`, { exit: "notFound", code: "no_such_file", cause });
  });
  // Read while it is sent: it may be larger than one wants to hold.
  const archive = await openAsBlob(file);
  if (archive.size <= limits.workspace_archive_bytes.value) return archive;
  const most = formatBytes(limits.workspace_archive_bytes.value);
  throw new CliError(`${file} is larger than ${most}, which is the most that can be imported.`, {
    exit: "usage",
    code: "archive_too_large",
    hint: "Export fewer versions: floom workspaces export --versions 1 --no-runs.",
  });
}

async function askPatiently(
  { host }: CommandContext,
  ask: () => Promise<ImportAnswer>,
): Promise<ImportAnswer> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await ask();
    } catch (error) {
      const mayPass = isTransient(error) && !(error instanceof ApiProblem && error.problem.status < 429);
      if (!mayPass) throw error;
      await host.sleep(pauseMs, host.interrupt);
    }
  }
  return ask();
}

function showItems({ output }: CommandContext, items: readonly ImportItem[]): void {
  const told = items.filter(({ outcome, detail }) => outcome !== "there" || detail !== null);
  if (told.length > 0) {
    output.table(
      ["WHAT", "NAME", "", "WHY"],
      told.map(({ kind, name, outcome, detail }) => [kind, name, outcome, detail ?? ""]),
    );
  }
  const count = (outcome: ImportItem["outcome"]) => items.filter((one) => one.outcome === outcome).length;
  output.line(
    `${count("made")} made, ${count("there")} there already, ${count("refused")} refused, ${count("missing")} missing.`,
  );
  const secrets = items.filter(({ secret }) => secret !== null);
  if (secrets.length === 0) return;
  output.line();
  output.line("New secrets, shown this once:");
  output.pairs(secrets.map(({ name, secret }) => [name, secret ?? ""]));
}
