import { useEffect } from "react";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { approvalRoutes } from "#contract/approvals/routes";
import type { Approval } from "#contract/approvals/approval";
import { useApi } from "../api/api-context.ts";
import { chooseNews } from "./choose-news.ts";
import { readNoticeChoice } from "./notice-choice.ts";

const ASK_MS = 15_000;
const NEWEST = 20;
/** The newest approval that this browser was told of: tabs share it, so that each is told once. */
const LAST_KEY = "floom.notices.last";

/** Shows one in the browser's own way; it leads to the approval. A browser that has no such windows shows none. */
function show({ id, label, worker_name: worker }: Approval, onOpen: (path: string) => void): void {
  try {
    const notice = new Notification(`${worker} asks`, { body: label, tag: id, icon: "/icon.svg" });
    notice.addEventListener("click", () => {
      window.focus();
      onOpen(`/approvals?show=${id}`);
      notice.close();
    });
  } catch {
    // Phones have them for installed apps alone.
  }
}

/** Tells of approvals that came while Floom is open, also in a tab that nobody looks at. */
export function ApprovalNotices() {
  const api = useApi();
  const [, navigate] = useLocation();
  const pending = useQuery({
    queryKey: ["approval-notices"],
    queryFn: ({ signal }) =>
      api.call(approvalRoutes.listApprovals, { query: { status: "pending", limit: NEWEST }, signal }),
    refetchInterval: ASK_MS,
    refetchIntervalInBackground: true,
  });
  const approvals = pending.data?.approvals;
  useEffect(() => {
    if (approvals === undefined || readNoticeChoice() !== "on") return;
    const { fresh, newest } = chooseNews(approvals, window.localStorage.getItem(LAST_KEY));
    window.localStorage.setItem(LAST_KEY, newest);
    // Who looks at the page sees them there.
    if (document.visibilityState === "visible" && document.hasFocus()) return;
    for (const approval of fresh) show(approval, navigate);
  }, [approvals, navigate]);
  return null;
}
