import { approvalRoutes } from "#contract/approvals/routes";
import type { WorkerDetail } from "#contract/workers/worker";
import { useReadPages } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { Loaded, More } from "../../parts/loaded.tsx";
import { ApprovalTable } from "../approvals/approval-table.tsx";

/** What a worker's runs asked people, and what was decided. */
export function ApprovalsTab({ worker }: { worker: WorkerDetail }) {
  const query = { worker: worker.id };
  const approvals = useReadPages([approvalRoutes.listApprovals.id, query], (api, { from, signal }) =>
    api.call(approvalRoutes.listApprovals, { query: { ...query, ...from }, signal }),
  );
  return (
    <>
      <Loaded query={approvals} what="its approvals">
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.approvals);
          return rows.length === 0 ? (
            <Empty title="It has asked nothing">
              A worker that has <code>approvals.required</code> in its worker.yml asks people before it acts.
            </Empty>
          ) : (
            <ApprovalTable approvals={rows} />
          );
        }}
      </Loaded>
      <More pages={approvals} />
    </>
  );
}
