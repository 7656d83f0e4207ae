import { secretRoutes } from "#contract/secrets/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { testSecretSpec } from "./specs.ts";

/** Says whether the server can open a secret; one that it cannot is a failure. */
export const run: Run<typeof testSecretSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const test = await api.call(secretRoutes.testSecret, { params: { secret: args.secret } });
  if (json) output.document(test);
  else output.line(`${args.secret}: ${test.status}. ${test.reason}`);
  return test.status === "valid" ? exitCodes.ok.code : exitCodes.unavailable.code;
};
