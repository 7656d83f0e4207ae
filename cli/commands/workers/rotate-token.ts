import { deliveryRoutes } from "#contract/hooks/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readOverlap } from "../read-overlap.ts";
import type { rotateTokenSpec } from "./specs.ts";

/** Gives a worker a new token for its own address; the token alone goes to standard output. */
export const run: Run<typeof rotateTokenSpec> = async (context, { args, options }) => {
  const { output } = context;
  const json = readOverlap(options.overlap);
  const api = await context.api();
  const rotated = await api.call(deliveryRoutes.rotateWorkerToken, { params: { worker: args.worker }, json });
  if (context.json) {
    output.document(rotated);
    return exitCodes.ok.code;
  }
  output.line(rotated.token);
  output.note(`Keep it: it is not shown again. Senders post to ${rotated.url}`);
  const until = rotated.previous_valid_until;
  if (until !== null) output.note(`The token before it is good until ${until}.`);
  return exitCodes.ok.code;
};
