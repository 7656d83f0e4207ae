import { tokenRoutes } from "#contract/tokens/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listServicesSpec } from "./specs.ts";

/** Lists service accounts. */
export const run: Run<typeof listServicesSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const accounts = await api.call(tokenRoutes.listServiceAccounts);
  if (json) output.document(accounts);
  else if (accounts.length === 0)
    output.note("There is none. Make one with: floom service-accounts create NAME");
  else {
    output.table(
      ["NAME", "ROLE", "TOKENS", "MADE"],
      accounts.map(({ name, role, tokens, created_at }) => [name, role, String(tokens), created_at]),
    );
  }
  return exitCodes.ok.code;
};
