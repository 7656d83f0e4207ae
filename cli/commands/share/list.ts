import { shareRoutes } from "#contract/shares/routes";
import type { ShareSummary } from "#contract/shares/share";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listSharesSpec } from "./specs.ts";

/** Lists links, whose tokens nobody can read any more. */
export const run: Run<typeof listSharesSpec> = async (context, { args }) => {
  const { output, json } = context;
  const { worker } = args;
  const api = await context.api();
  const shares = await api.call(shareRoutes.listShares, { query: worker === undefined ? {} : { worker } });
  if (json) output.document(shares);
  else if (shares.length === 0) output.note("There is none. Make one with: floom share create WORKER");
  else {
    output.table(
      ["ID", "TO", "FOR", "RUNS", "ENDS"],
      shares.map((share) => [
        share.id,
        describeTarget(share),
        share.name ?? "-",
        share.run_cap === null ? String(share.run_count) : `${share.run_count}/${share.run_cap}`,
        share.expires_at.slice(0, 10),
      ]),
    );
  }
  return exitCodes.ok.code;
};

function describeTarget({ kind, worker, run_id, artifact_id, file }: ShareSummary): string {
  if (kind === "worker") return worker ?? "a worker that is gone";
  if (kind === "file") return file ?? "a file";
  return kind === "run" ? (run_id ?? "a run") : `${artifact_id ?? "a file"} of ${run_id ?? "a run"}`;
}
