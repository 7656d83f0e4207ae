import type { Approval } from "#contract/approvals/approval";
import type { RunDetail } from "#contract/runs/run";
import { formatValue } from "./format-value.ts";

/** Names and values of what is asked, what was said, and what came of it. */
export function approvalPairs(approval: Approval): [string, string][] {
  const { preview, preview_payload: payload, reason, edited_output: edited } = approval;
  const pairs: [string, string | null][] = [
    ["approval", approval.id],
    ["status", approval.status],
    ["worker", approval.worker_id],
    ["run", approval.run_id],
    ["what", approval.label],
    ["preview", preview],
    ["preview data", payload === null ? null : formatValue(payload)],
    ...Object.entries(approval.outputs).map(([name, value]): [string, string] => [
      `output ${name}`,
      formatValue(value),
    ]),
    ...approval.artifacts.map(({ path }): [string, string] => ["file", path]),
    [
      "approvers",
      approval.approvers_needed > 1 ? `${approval.votes.length} of ${approval.approvers_needed}` : null,
    ],
    [
      "expires",
      approval.status === "pending" ? `${approval.expires_at} (then: ${approval.on_expiry})` : null,
    ],
    ["decided", approval.decided_at],
    ["reason", reason],
    ["edited to", edited === null ? null : formatValue(edited)],
    ["follow-up run", approval.follow_up_run_id],
    ["review link", approval.public_link],
  ];
  return pairs.flatMap(([name, value]) => (value === null ? [] : [[name, value] satisfies [string, string]]));
}

/** Lines that tell what a run asks and what to do about it; none for a run that asks nothing now. */
export function renderAsk({ approval_trail: trail }: RunDetail): string[] {
  if (trail?.status !== "pending") return [];
  const { label } = trail;
  if (trail.kind === "await_external") return [`waits until ${trail.expires_at} for: ${label}`];
  return [
    `asks until ${trail.expires_at}: ${label}`,
    ...(trail.preview === null ? [] : [trail.preview]),
    `  approve it  floom approvals approve ${trail.id}`,
    `  reject it   floom approvals reject ${trail.id} --reason TEXT`,
    ...(trail.link === null ? [] : [`  or share    ${trail.link}`]),
  ];
}
