import { tokenRoutes } from "#contract/tokens/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { printToken } from "./print-token.ts";
import { readDays } from "./read-days.ts";
import { readScopes } from "./read-scopes.ts";
import type { createTokenSpec } from "./specs.ts";

/** Makes a token and prints it once. */
export const run: Run<typeof createTokenSpec> = async (context, { options }) => {
  const { name, scopes, expires, service } = options;
  if (name === undefined || scopes === undefined)
    throw usageError("A token needs --name, what it is for, and --scopes, what it may do.");
  const json = {
    name,
    scopes: readScopes(scopes),
    ...(expires === undefined ? {} : { expires_in_days: readDays(expires) }),
    ...(service === undefined ? {} : { service_account: service }),
  };
  const api = await context.api();
  printToken(context, await api.call(tokenRoutes.createToken, { json }));
  return exitCodes.ok.code;
};
