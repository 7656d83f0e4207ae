import type { EvaluationDetail } from "#contract/evaluations/evaluation";
import { evaluationRoutes } from "#contract/evaluations/routes";
import type { CommandContext } from "../../context.ts";

const SHORTEST_MS = 500;
const LONGEST_MS = 5000;

/** Asks after an evaluation until it is over. */
export async function followEvaluation(
  { api: openApi, host, output }: CommandContext,
  params: { worker: string; evaluation: string },
): Promise<EvaluationDetail> {
  const api = await openApi();
  let waitMs = SHORTEST_MS;
  let told = -1;
  for (;;) {
    const seen = await api.call(evaluationRoutes.getEvaluation, { params });
    if (seen.status !== "running") return seen;
    if (seen.runs_done !== told) {
      output.note(`${seen.runs_done} of ${seen.runs} runs`);
      waitMs = SHORTEST_MS;
    }
    told = seen.runs_done;
    await host.sleep(waitMs, host.interrupt);
    waitMs = Math.min(LONGEST_MS, waitMs * 1.5);
  }
}
