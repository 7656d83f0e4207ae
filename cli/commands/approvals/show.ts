import { approvalRoutes } from "#contract/approvals/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { approvalPairs } from "../../output/render-approval.ts";
import type { showApprovalSpec } from "./specs.ts";

/** Shows one approval with all that it would let out. */
export const run: Run<typeof showApprovalSpec> = async ({ api: open, output, json }, { args }) => {
  const api = await open();
  const approval = await api.call(approvalRoutes.getApproval, { params: { approval: args.approval } });
  if (json) output.document(approval);
  else output.pairs(approvalPairs(approval));
  return exitCodes.ok.code;
};
