import { evaluationRoutes } from "#contract/evaluations/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { impactSpec } from "./specs.ts";

/** Shows what depends on a worker; exit code 1 where a version would break it. */
export const run: Run<typeof impactSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const { version } = options;
  const found = await api.call(evaluationRoutes.analyzeImpact, {
    params: { worker: args.worker },
    query: version === undefined ? {} : { version },
  });
  if (json) output.document(found);
  else if (found.dependents.length === 0) output.note(`No worker depends on ${found.worker}.`);
  else {
    output.table(
      ["WORKER", "BY", "READS", "GIVES", "BREAKS"],
      found.dependents.map((one) => [
        one.worker,
        one.stage === null ? one.how : `stage ${one.stage}`,
        one.reads.join(", "),
        one.gives.join(", "),
        one.breaks.join(" "),
      ]),
    );
    const verdict = found.breaking ? "breaks what depends on it" : "breaks nothing that is mapped";
    output.line(`From version ${found.from} to ${found.to}: ${verdict}.`);
  }
  return found.breaking ? exitCodes.runFailed.code : exitCodes.ok.code;
};
