import { memoryRoutes } from "#contract/memory/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listFeedbackSpec } from "./specs.ts";

/** Lists the rules that people have given a worker's agent. */
export const run: Run<typeof listFeedbackSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const rules = await api.call(memoryRoutes.listFeedback, { params: { worker: args.worker } });
  if (json) output.document(rules);
  else if (rules.length === 0) output.note("There is none. Add one with: floom feedback add");
  else {
    output.table(
      ["RULE", "STATUS", "GIVEN", "TEXT"],
      rules.map(({ id, status, created_at, text }) => [id, status, created_at, text]),
    );
  }
  return exitCodes.ok.code;
};
