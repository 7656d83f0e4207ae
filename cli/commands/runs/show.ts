import { runRoutes } from "#contract/runs/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { artifactPairs, outputPairs, renderOutcome, runPairs } from "../../output/render-run.ts";
import type { showRunSpec } from "./specs.ts";

/** Shows one run. It is no failure of this command when the run has failed. */
export const run: Run<typeof showRunSpec> = async (context, { args }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const detail = await api.call(runRoutes.getRun, { params: { run: args.run } });
  if (json) {
    output.document(detail);
    return exitCodes.ok.code;
  }
  output.pairs([
    ...runPairs(detail, host.now(), output.style),
    ...outputPairs(detail).map(([name, value]): [string, string] => [`output ${name}`, value]),
    ...artifactPairs(detail).map(([name, about]): [string, string] => ["file", `${name}  ${about}`]),
  ]);
  for (const line of detail.failure === null ? [] : renderOutcome(detail, output.style).slice(1))
    output.line(line);
  return exitCodes.ok.code;
};
