import { evaluationRoutes } from "#contract/evaluations/routes";
import { CliError, usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { followEvaluation } from "./follow-evaluation.ts";
import { percent } from "./show-evaluation.ts";
import type { tournamentSpec } from "./specs.ts";

/** Evaluates some versions, and ranks them. */
export const run: Run<typeof tournamentSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  const { worker } = args;
  const versions = [...new Set(options.version.map(readVersion))];
  if (versions.length < 2) throw usageError("Give --version twice at least.");
  const name = options.key ?? new Date(host.now()).toISOString().slice(0, 10);
  const api = await context.api();
  const evaluations = [];
  for (const version of versions) {
    const begun = await api.call(evaluationRoutes.startEvaluation, {
      params: { worker },
      json: { version, key: `tournament:${name}:${version}` },
    });
    output.note(`version ${version}`);
    const seen = await followEvaluation(context, { worker, evaluation: begun.id });
    if (seen.status !== "completed") {
      throw new CliError(`The evaluation of version ${version} is ${seen.status}.`, {
        exit: "conflict",
        code: "evaluation_not_over",
      });
    }
    evaluations.push(seen.id);
  }
  const found = await api.call(evaluationRoutes.holdTournament, {
    params: { worker },
    json: { evaluations },
  });
  if (json) output.document(found);
  else {
    output.table(
      ["VERSION", "WINS", "LOSSES", "DRAWS", "PASS", "SCORE", "COST", "TIME"],
      found.ranking.map((one) => [
        String(one.version),
        String(one.wins),
        String(one.losses),
        String(one.draws),
        percent(one.pass_rate),
        one.score.toFixed(2),
        `$${one.cost_usd.toFixed(4)}`,
        one.mean_latency_ms === null ? "" : `${(one.mean_latency_ms / 1000).toFixed(1)}s`,
      ]),
    );
    output.note(`A draw is noise at alpha ${found.alpha.toPrecision(2)} for each pair.`);
  }
  return exitCodes.ok.code;
};

function readVersion(text: string): number {
  const version = Number(text);
  if (Number.isInteger(version) && version > 0) return version;
  throw usageError(`--version ${text} is no number of a version.`);
}
