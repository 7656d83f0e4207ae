import type { EvaluationSummary } from "#contract/evaluations/evaluation";
import { evaluationIdSchema } from "#contract/ids";
import type { EvaluationId } from "#contract/ids";
import { evaluationRoutes } from "#contract/evaluations/routes";
import { CliError, usageError } from "../../cli-error.ts";
import type { CommandContext } from "../../context.ts";

/** An id as somebody typed it. Throws a usage error for what is none. */
export function readEvaluationId(text: string): EvaluationId {
  const id = evaluationIdSchema.safeParse(text);
  if (id.success) return id.data;
  throw usageError(`${text} is no id of an evaluation. floom evals list shows them.`);
}

/** The named evaluation, or the newest one that will do. */
export async function findEvaluation(
  context: CommandContext,
  { worker, evaluation }: { worker: string; evaluation: string | undefined },
  willDo: (one: EvaluationSummary) => boolean = () => true,
): Promise<EvaluationId> {
  if (evaluation !== undefined) return readEvaluationId(evaluation);
  const api = await context.api();
  const { evaluations } = await api.call(evaluationRoutes.listEvaluations, {
    params: { worker },
    query: { limit: 100 },
  });
  const found = evaluations.find(willDo);
  if (found !== undefined) return found.id;
  throw new CliError(`No evaluation of ${worker} will do. Begin one with: floom evals run ${worker}`, {
    exit: "notFound",
    code: "not_found",
  });
}
