import { lazy, Suspense, useSyncExternalStore } from "react";
import { approvalRoutes } from "#contract/approvals/routes";
import { useRead } from "../api/use-read.ts";
import { readNoticeChoice } from "../notices/notice-choice.ts";

const ApprovalNotices = lazy(async () => ({
  default: (await import("../notices/approval-notices.tsx")).ApprovalNotices,
}));

const COUNT_MS = 30_000;

function listenToChoice(onChange: () => void): () => void {
  window.addEventListener("floom-notices", onChange);
  return () => window.removeEventListener("floom-notices", onChange);
}

/** How many approvals wait for a decision; nothing while none does. With it the browser's own news of them, if wanted. */
export function PendingCount() {
  const count = useRead(approvalRoutes.countApprovals, { refreshMs: () => COUNT_MS });
  const choice = useSyncExternalStore(listenToChoice, readNoticeChoice);
  const pending = count.data?.pending ?? 0;
  return (
    <>
      {choice === "on" && (
        <Suspense fallback={null}>
          <ApprovalNotices />
        </Suspense>
      )}
      {pending > 0 && (
        <span className="count">
          {pending}
          <span className="visually-hidden"> waiting</span>
        </span>
      )}
    </>
  );
}
