import { deadLetterRoutes } from "#contract/dead-letters/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { selectDeadLetters } from "./select-dead-letters.ts";
import type { dismissSpec } from "./specs.ts";

/** Takes failed runs off the list of dead letters. */
export const run: Run<typeof dismissSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const selection = selectDeadLetters(args.runs, options);
  const api = await context.api();
  const answer = await api.call(deadLetterRoutes.dismissDeadLetters, { json: selection });
  if (json) output.document(answer);
  else if (answer.dismissed.length === 0) output.note("None of them was on the list.");
  else for (const id of answer.dismissed) output.line(`${id} dismissed`);
  return exitCodes.ok.code;
};
