import { grantRoutes } from "#contract/members/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findMember } from "../members/find-member.ts";
import { renderSharing } from "./render-sharing.ts";
import type { setGrantsSpec } from "./specs.ts";

const kinds = ["runner", "approver"] as const;

/** Gives a member what the options name, and takes the rest. */
export const run: Run<typeof setGrantsSpec> = async (context, { args, options }) => {
  const api = await context.api();
  const { user_id } = await findMember(api, args.member);
  const sharing = await api.call(grantRoutes.setWorkerGrants, {
    params: { worker: args.worker, member: user_id },
    json: { grants: kinds.filter((kind) => options[kind]) },
  });
  renderSharing(context, sharing);
  return exitCodes.ok.code;
};
