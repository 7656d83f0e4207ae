import { tokenRoutes } from "#contract/tokens/routes";
import { serviceRoleSchema } from "#contract/tokens/token";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { createServiceSpec } from "./specs.ts";

/** Makes a service account; its tokens are made apart. */
export const run: Run<typeof createServiceSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const role = serviceRoleSchema.parse(options.role ?? "viewer");
  const api = await context.api();
  const account = await api.call(tokenRoutes.createServiceAccount, { json: { name: args.name, role } });
  if (json) output.document(account);
  else {
    output.line(`Made ${account.name}, ${account.role}.`);
    output.note(`Give it a token: floom tokens create --service ${account.name} --name N --scopes S`);
  }
  return exitCodes.ok.code;
};
