import { approvalStatusSchema } from "#contract/approvals/approval";
import { approvalRoutes } from "#contract/approvals/routes";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readPages } from "../../read-pages.ts";
import type { listApprovalsSpec } from "./specs.ts";

const DEFAULT_LIMIT = 20;

/** Lists approvals. */
export const run: Run<typeof listApprovalsSpec> = async (context, { options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const status =
    options.status === "all" ? undefined : approvalStatusSchema.parse(options.status ?? "pending");
  const { items: approvals, next_cursor } = await readPages(options.limit ?? DEFAULT_LIMIT, async (at) => {
    const page = await api.call(approvalRoutes.listApprovals, {
      query: { status, worker: options.worker, ...at },
    });
    return { items: page.approvals, next_cursor: page.next_cursor };
  });
  if (json) output.document({ approvals, next_cursor });
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
