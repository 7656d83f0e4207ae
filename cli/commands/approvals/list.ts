import { approvalStatusSchema } from "#contract/approvals/approval";
import type { Approval } from "#contract/approvals/approval";
import { limits } from "#contract/limits";
import { approvalRoutes } from "#contract/approvals/routes";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listApprovalsSpec } from "./specs.ts";

const DEFAULT_LIMIT = 20;

/** Lists approvals, reading as many pages as the limit needs. */
export const run: Run<typeof listApprovalsSpec> = async (context, { options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const wanted = options.limit ?? DEFAULT_LIMIT;
  const status =
    options.status === "all" ? undefined : approvalStatusSchema.parse(options.status ?? "pending");
  const approvals: Approval[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(wanted - approvals.length, limits.page_items.value);
    const page = await api.call(approvalRoutes.listApprovals, {
      query: { status, worker: options.worker, limit, cursor },
    });
    approvals.push(...page.approvals);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && approvals.length < wanted);
  if (json) output.document({ approvals, next_cursor: cursor ?? null });
  else if (approvals.length === 0) output.note("Nothing waits for a decision.");
  else {
    output.table(
      ["APPROVAL", "WORKER", "STATUS", "ASKED", "EXPIRES", "WHAT"],
      approvals.map((row) => [
        row.id,
        row.worker_id,
        row.status,
        formatAgo(row.created_at, host.now()),
        row.expires_at,
        row.label,
      ]),
    );
  }
  return exitCodes.ok.code;
};
