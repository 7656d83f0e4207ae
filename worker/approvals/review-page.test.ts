import { expect, it } from "vitest";
import type { PublicApproval } from "#contract/approvals/approval";
import { approvalIdSchema, workerNameSchema } from "#contract/ids";
import { sampleRunId } from "../../test/support/sample-records.ts";
import { newId } from "../platform/ids.ts";
import { buildRefusalPage, buildReviewPage } from "./review-page.ts";

const markup = `<script>alert("1")</script>&'`;
const approval: PublicApproval = {
  id: approvalIdSchema.parse(newId("apr", 1)),
  run_id: sampleRunId,
  worker_id: workerNameSchema.parse(markup),
  worker_name: markup,
  status: "pending",
  label: markup,
  preview: markup,
  preview_type: null,
  preview_payload: { text: markup },
  type: null,
  outputs: { [markup]: markup },
  artifacts: [],
  created_at: markup,
  expires_at: markup,
  decided_at: null,
  decided_by: null,
  on_expiry: "reject",
  approvers_needed: 1,
  reason: null,
  edited_output: null,
  annotations: null,
  follow_up_run_id: null,
};

it("nothing that a worker or an approver says becomes markup on the page of a review link", async () => {
  const decided = {
    ...approval,
    status: "rejected" as const,
    decided_at: markup,
    decided_by: markup,
    reason: markup,
  };
  const pages = [
    buildReviewPage(approval, { notice: markup, token: markup }),
    buildReviewPage(decided, { notice: null, token: "t" }),
    buildRefusalPage(markup),
  ];
  for (const page of pages) {
    const text = String(await page);
    expect(text).not.toContain("<script>");
    expect(text).toContain("&lt;script&gt;");
  }
});
