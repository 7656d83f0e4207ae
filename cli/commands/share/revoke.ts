import { shareRoutes } from "#contract/shares/routes";
import { usageError } from "../../cli-error.ts";
import { shareIdSchema } from "#contract/ids";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { revokeShareSpec } from "./specs.ts";

/** Ends a link. */
export const run: Run<typeof revokeShareSpec> = async (context, { args }) => {
  const id = shareIdSchema.safeParse(args.share);
  if (!id.success) throw usageError("Name a link by its id, shr_...: its token is never an argument.");
  const api = await context.api();
  await api.call(shareRoutes.deleteShare, { params: { share: id.data } });
  if (context.json) context.output.document({ id: id.data, revoked: true });
  else context.output.line(`Revoked ${id.data}.`);
  return exitCodes.ok.code;
};
