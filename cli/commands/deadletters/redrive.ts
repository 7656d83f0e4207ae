import type { RedriveResult } from "#contract/dead-letters/dead-letter";
import { deadLetterRoutes } from "#contract/dead-letters/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { selectDeadLetters } from "./select-dead-letters.ts";
import type { redriveSpec } from "./specs.ts";

/** Starts failed runs over; exit code 5 when one of them was refused. */
export const run: Run<typeof redriveSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const selection = selectDeadLetters(args.runs, options);
  const api = await context.api();
  const version = options.sameVersion ? ("same" as const) : ("active" as const);
  const { results } = await api.call(deadLetterRoutes.redriveDeadLetters, {
    json: { ...selection, version },
  });
  if (json) output.document({ results });
  else if (results.length === 0) output.note("No failed run matches.");
  else for (const result of results) output.line(describe(result));
  const refused = results.some((result) => result.outcome === "refused");
  return refused ? exitCodes.conflict.code : exitCodes.ok.code;
};

function describe({ id, outcome, run_id, problem }: RedriveResult): string {
  if (outcome === "refused") return `${id} refused: ${problem?.detail ?? ""}`;
  return `${id} ${outcome === "already" ? "was started over before as" : "starts over as"} ${run_id ?? ""}`;
}
