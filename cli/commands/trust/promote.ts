import { versionRoutes } from "#contract/versions/routes";
import type { Api } from "../../api.ts";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderReview } from "./render-review.ts";
import type { promoteSpec } from "./specs.ts";

interface Place {
  worker: string;
  version: string;
}

/** Lets a version in: the bundle whose digest was named, or else the one that is shown here. */
export const run: Run<typeof promoteSpec> = async (context, { args: params, options }) => {
  const { output, json } = context;
  const api = await context.api();
  let digest: string | null | undefined = options.expectedDigest;
  if (digest === undefined && !options.yes) {
    digest = await readAndAsk(context, api, params);
    if (digest === null) {
      output.note("Nothing was changed.");
      return exitCodes.ok.code;
    }
  }
  const body = digest === undefined ? {} : { expected_digest: digest };
  const version = await api.call(versionRoutes.promoteVersion, { params, json: body });
  if (json) output.document(version);
  else output.line(`${params.worker} is on version ${version.number} now.`);
  return exitCodes.ok.code;
};

/** The digest of what the person has read and wants; null where they do not want it. */
async function readAndAsk(
  { output, host, json }: CommandContext,
  api: Api,
  params: Place,
): Promise<string | null> {
  if (json || !host.stdin.isTerminal)
    throw usageError(`Promoting ${params.worker} needs --yes or --expected-digest here.`);
  const review = await api.call(versionRoutes.reviewVersion, { params });
  for (const line of renderReview(review, output.noteStyle)) output.note(line);
  const answer = await output.ask(`Let version ${review.version.number} of ${params.worker} run? [y/N] `);
  return /^y(es)?$/i.test(answer.trim()) ? review.version.digest : null;
}
