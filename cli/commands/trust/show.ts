import { versionRoutes } from "#contract/versions/routes";
import { formatAgo } from "#contract/words";
import type { Api } from "../../api.ts";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findWaiting } from "./find-waiting.ts";
import { renderReview } from "./render-review.ts";
import type { showReviewSpec } from "./specs.ts";

/** Shows what a person reads before they let a version run. */
export const run: Run<typeof showReviewSpec> = async (context, { args }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const { worker } = args;
  const number = args.version ?? (await findNewest(api, worker));
  const review = await api.call(versionRoutes.reviewVersion, { params: { worker, version: number } });
  if (json) {
    output.document(review);
    return exitCodes.ok.code;
  }
  const { version } = review;
  output.pairs([
    ["worker", review.worker],
    ["version", String(version.number)],
    ["state", version.state],
    ["pushed by", version.pushed_by ?? "unknown"],
    ["pushed", `${formatAgo(version.created_at, host.now())} (${version.created_at})`],
    ["digest", version.digest],
    ...(version.decided_by === null ? [] : [["decided by", version.decided_by] as const]),
    ...(version.decision_reason === null ? [] : [["reason", version.decision_reason] as const]),
  ]);
  for (const line of renderReview(review, output.style)) output.line(line);
  if (version.state === "quarantined") {
    const place = `${worker} ${version.number}`;
    output.note(`Let it in:  floom trust promote ${place} --expected-digest ${version.digest}`);
    output.note(`Refuse it:  floom trust reject ${place} --reason "..."`);
  }
  return exitCodes.ok.code;
};

async function findNewest(api: Api, worker: string): Promise<string> {
  const [newest] = await findWaiting(api, worker);
  if (newest !== undefined) return String(newest.number);
  throw usageError(
    `No version of ${worker} waits in quarantine.`,
    `Name a version to review it: \`floom versions list ${worker}\` shows what there is.`,
  );
}
