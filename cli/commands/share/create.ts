import { shareRoutes } from "#contract/shares/routes";
import type { CreatedShare } from "#contract/shares/share";
import { artifactIdSchema } from "#contract/ids";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { readDays } from "../tokens/read-days.ts";
import { readBounds } from "./read-bounds.ts";
import type { createShareSpec } from "./specs.ts";

/** Makes a link and prints it once. */
export const run: Run<typeof createShareSpec> = async (context, { args, options }) => {
  const { worker } = args;
  const { run: runId, file, name, copy, expires } = options;
  if ((worker === undefined) === (runId === undefined))
    throw usageError("Say what to share: a worker, or a run with --run.");
  const usual = {
    ...(name === undefined ? {} : { name }),
    ...(expires === undefined ? {} : { expires_in_days: readDays(expires) }),
  };
  const api = await context.api();
  const created =
    worker === undefined
      ? await api.call(shareRoutes.createRunShare, {
          params: { run: runId ?? "" },
          json: { ...usual, ...(file === undefined ? {} : { artifact: readArtifact(file) }) },
        })
      : await api.call(shareRoutes.createWorkerShare, {
          params: { worker },
          json: { ...usual, ...readBounds(options), allow_copy: copy },
        });
  printShare(context, created);
  return exitCodes.ok.code;
};

function readArtifact(text: string) {
  const id = artifactIdSchema.safeParse(text);
  if (id.success) return id.data;
  throw usageError("Name a file by its id, art_...; floom runs show prints them.");
}

/** The link alone on standard output, so that a script can take it; the rest beside it. */
function printShare({ output, json }: CommandContext, created: CreatedShare): void {
  if (json) {
    output.document(created);
    return;
  }
  output.line(created.url);
  output.note(
    `${created.id}, good until ${created.expires_at.slice(0, 10)}. Keep it now: it is shown this once.`,
  );
}
