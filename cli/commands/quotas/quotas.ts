import type { QuotaState } from "#contract/quotas/quota";
import { quotaRoutes } from "#contract/quotas/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { quotasSpec } from "./specs.ts";

/** Shows how each quota stands. */
export const run: Run<typeof quotasSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const report = await api.call(quotaRoutes.getQuotas);
  if (json) output.document(report);
  else output.table(["QUOTA", "USED", "LIMIT", "COUNTED ANEW"], report.quotas.map(describeQuota));
  return exitCodes.ok.code;
};

function describeQuota({ quota, used, limit, is_default, resets_at }: QuotaState): string[] {
  const most = limit === null ? "none" : limit.toLocaleString("en-US");
  return [
    quota,
    used === null ? "not counted" : used.toLocaleString("en-US"),
    is_default ? most : `${most} (set)`,
    limit === null ? "" : (resets_at ?? ""),
  ];
}
