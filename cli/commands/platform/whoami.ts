import { platformRoutes } from "#contract/system/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { whoamiSpec } from "./specs.ts";

/** Shows what the token stands for, never the token. */
export const run: Run<typeof whoamiSpec> = async (context) => {
  const { output, json } = context;
  const { origin, tokenSource } = context.connection();
  const api = await context.api();
  const info = await api.call(platformRoutes.getWorkspaceInfo);
  if (json) output.document({ ...info, api_url: origin, token_source: tokenSource ?? null });
  else {
    output.pairs([
      ["workspace", `${info.workspace_name} (${info.workspace_id})`],
      ["signed in as", info.principal.kind],
      ["scopes", info.principal.scopes.join(", ")],
      ["server", origin],
      ["token from", tokenSource ?? "nowhere"],
    ]);
  }
  return exitCodes.ok.code;
};
