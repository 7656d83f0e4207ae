import { tokenRoutes } from "#contract/tokens/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listTokensSpec } from "./specs.ts";

/** Lists tokens, which nobody can read any more. */
export const run: Run<typeof listTokensSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const tokens = await api.call(tokenRoutes.listTokens);
  if (json) output.document(tokens);
  else if (tokens.length === 0)
    output.note("There is none. Make one with: floom tokens create --name N --scopes S");
  else {
    output.table(
      ["", "ID", "NAME", "OF", "SCOPES", "ENDS", "LAST USED"],
      tokens.map((token) => [
        token.current ? "*" : "",
        token.id,
        token.name,
        token.service_account ?? token.kind,
        token.scopes.join(","),
        token.expires_at?.slice(0, 10) ?? "-",
        token.last_used_at ?? "-",
      ]),
    );
  }
  return exitCodes.ok.code;
};
