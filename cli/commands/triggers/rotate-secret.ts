import { deliveryRoutes } from "#contract/hooks/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readOverlap } from "../read-overlap.ts";
import { findTriggerId } from "./find-trigger.ts";
import type { rotateSecretSpec } from "./specs.ts";

/** Gives a webhook a new secret; the secret alone goes to standard output. */
export const run: Run<typeof rotateSecretSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  const overlap = readOverlap(options.overlap);
  const given = options.secret === "-" ? (await host.stdin.readAll()).trim() : options.secret;
  const api = await context.api();
  const rotated = await api.call(deliveryRoutes.rotateTriggerSecret, {
    params: { trigger: await findTriggerId(api, args.trigger) },
    json: {
      ...overlap,
      ...(given === undefined ? {} : { secret: given }),
    },
  });
  if (json) {
    output.document(rotated);
    return exitCodes.ok.code;
  }
  output.line(rotated.secret);
  const until = rotated.previous_valid_until;
  output.note("Keep it: it is not shown again.");
  if (until !== null) output.note(`The secret before it is good until ${until}.`);
  return exitCodes.ok.code;
};
