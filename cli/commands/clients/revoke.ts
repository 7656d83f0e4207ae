import { oauthRoutes } from "#contract/oauth/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { revokeClientSpec } from "./specs.ts";

/** Disconnects a program. */
export const run: Run<typeof revokeClientSpec> = async (context, { args }) => {
  const api = await context.api();
  await api.call(oauthRoutes.revokeConnectedClient, { params: { client: args.client } });
  if (context.json) context.output.document({ id: args.client, revoked: true });
  else context.output.line(`Disconnected ${args.client}.`);
  return exitCodes.ok.code;
};
