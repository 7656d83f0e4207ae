import { evaluationRoutes } from "#contract/evaluations/routes";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { percent } from "./show-evaluation.ts";
import type { listEvalsSpec } from "./specs.ts";

const DEFAULT_LIMIT = 20;
const MOST = 100;

/** Lists a worker's newest evaluations. */
export const run: Run<typeof listEvalsSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const limit = Math.min(MOST, options.limit ?? DEFAULT_LIMIT);
  const page = await api.call(evaluationRoutes.listEvaluations, {
    params: { worker: args.worker },
    query: { limit },
  });
  if (json) output.document(page);
  else if (page.evaluations.length === 0) output.note(`There is none. Begin one with: floom evals run`);
  else {
    output.table(
      ["EVALUATION", "VERSION", "VERDICT", "PASS", "RUNS", "BESIDE BASELINE", "STARTED"],
      page.evaluations.map((one) => [
        one.is_baseline ? `${one.id} *` : one.id,
        String(one.version),
        one.verdict ?? one.status,
        percent(one.pass_rate),
        `${one.runs_done}/${one.runs}`,
        one.against_baseline ?? "",
        formatAgo(one.created_at, host.now()),
      ]),
    );
    if (page.evaluations.some((one) => one.is_baseline)) output.note("* is the baseline.");
  }
  return exitCodes.ok.code;
};
