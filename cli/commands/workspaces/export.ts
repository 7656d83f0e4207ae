import { lstat } from "node:fs/promises";
import { resolve } from "node:path";
import { moveRoutes } from "#contract/moves/routes";
import { formatBytes } from "#contract/words";
import { writeWhole } from "../../bundle/save-files.ts";
import { CliError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { exportWorkspaceSpec } from "./specs.ts";

/** Saves the archive of a workspace as it comes: whole or not at all where it goes into a file. */
export const run: Run<typeof exportWorkspaceSpec> = async (context, { options }) => {
  const { host, output, json } = context;
  const file = options.output === undefined ? null : resolve(host.cwd, options.output);
  await requirePlace(file, { isTerminal: host.stdout.isTerminal, isForced: options.force, json });
  const api = await context.api();
  const live = file === null || json ? undefined : output.liveLine();
  live?.set("Asking for the archive");
  let size = 0;
  try {
    const { body } = await api.open(moveRoutes.exportWorkspace, {
      query: {
        versions: options.versions,
        sensitive: options.sensitive ? "true" : "false",
        runs: options.runs ? "true" : "false",
      },
    });
    const counted = async function* () {
      for await (const chunk of body ?? []) {
        size += chunk.byteLength;
        live?.set(`Saved ${formatBytes(size)}`);
        yield chunk;
      }
    };
    if (file === null) for await (const chunk of counted()) await output.bytes(chunk);
    else await writeWhole(file, counted());
  } finally {
    live?.stop();
  }
  if (file === null) return exitCodes.ok.code;
  if (json) output.document({ file, size_bytes: size });
  else output.line(`Saved ${file} (${formatBytes(size)}).`);
  return exitCodes.ok.code;
};

/** Throws CliError where an archive cannot go, before it is asked for: so many an hour can be had. */
async function requirePlace(
  file: string | null,
  of: { isTerminal: boolean; isForced: boolean; json: boolean },
): Promise<void> {
  if (file === null && (of.isTerminal || of.json)) {
    throw new CliError("An archive is no text to be shown.", {
      exit: "usage",
      code: "not_for_a_terminal",
      hint: "Name a file: --output team.floom.zip.",
    });
  }
  const isThere = file !== null && (await lstat(file).catch(() => null)) !== null;
  if (!isThere || of.isForced) return;
  throw new CliError(`${file} is there already.`, {
    exit: "conflict",
    code: "file_exists",
    hint: "Choose another name, or replace it with --force.",
  });
}
