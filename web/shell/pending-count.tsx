import { approvalRoutes } from "#contract/approvals/routes";
import { useRead } from "../api/use-read.ts";

const COUNT_MS = 30_000;

/** How many approvals wait for a decision; nothing while none does. */
export function PendingCount() {
  const count = useRead(approvalRoutes.countApprovals, { refreshMs: () => COUNT_MS });
  const pending = count.data?.pending ?? 0;
  if (pending === 0) return null;
  return (
    <span className="count">
      {pending}
      <span className="visually-hidden"> waiting</span>
    </span>
  );
}
