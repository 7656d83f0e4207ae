import { secretRoutes } from "#contract/secrets/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { grantSecretSpec } from "./specs.ts";

/** Keeps a secret to some workers, or gives it to all that declare it. */
export const run: Run<typeof grantSecretSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  if (options.all === options.worker.length > 0) throw usageError("Give --worker, or --all, and not both.");
  const api = await context.api();
  const secret = await api.call(secretRoutes.grantSecret, {
    params: { secret: args.secret },
    json: { workers: options.all ? null : options.worker },
  });
  if (json) output.document(secret);
  else if (secret.workers === null) output.line(`Every worker that declares ${secret.name} gets it.`);
  else output.line(`${secret.name} is kept to ${secret.workers.join(", ")}.`);
  return exitCodes.ok.code;
};
