import { secretRoutes } from "#contract/secrets/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { rotateMasterSpec } from "./specs.ts";

/** Has everything sealed wrapped by the current master key; what is left under another one is a failure. */
export const run: Run<typeof rotateMasterSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const result = await api.call(secretRoutes.rewrapSecrets);
  if (json) output.document(result);
  else {
    output.line(`${result.rewrapped} put under the master key ${result.master_key_id}.`);
    if (result.left === 0) output.note("Nothing is left under another key: older ones can go.");
    else output.note(`${result.left} could not be opened by any of the server's keys. Keep the older ones.`);
  }
  return result.left === 0 ? exitCodes.ok.code : exitCodes.unavailable.code;
};
