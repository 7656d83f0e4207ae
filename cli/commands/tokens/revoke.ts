import { tokenRoutes } from "#contract/tokens/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { requireTokenId } from "./require-token-id.ts";
import type { revokeTokenSpec } from "./specs.ts";

/** Ends a token. */
export const run: Run<typeof revokeTokenSpec> = async (context, { args }) => {
  const token = requireTokenId(args.token);
  const api = await context.api();
  await api.call(tokenRoutes.deleteToken, { params: { token } });
  if (context.json) context.output.document({ id: token, revoked: true });
  else context.output.line(`Revoked ${token}.`);
  return exitCodes.ok.code;
};
