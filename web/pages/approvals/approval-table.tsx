import { Link } from "wouter";
import type { Approval, ApprovalStatus } from "#contract/approvals/approval";
import { answers, beginSentence } from "#contract/words";
import { ListTable } from "../../parts/list-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Pill } from "../../parts/pill.tsx";
import type { Tone } from "../../parts/pill.tsx";

const tones: Record<ApprovalStatus, Tone> = {
  pending: "wait",
  approved: "good",
  rejected: "bad",
  expired: "plain",
};

/** What came of an approval, in words. */
export function ApprovalPill({ status }: { status: ApprovalStatus }) {
  return <Pill tone={tones[status]}>{beginSentence(answers.approval[status])}</Pill>;
}

/** Approvals that were decided, and how. */
export function ApprovalTable({ approvals }: { approvals: readonly Approval[] }) {
  return (
    <ListTable
      caption="Approvals, newest first"
      rows={approvals}
      keyOf={({ id }) => id}
      columns={[
        { head: "Came of it", cell: ({ status }) => <ApprovalPill status={status} /> },
        {
          head: "What was asked",
          cell: ({ id, label }) => <Link to={`/approvals?show=${id}`}>{label}</Link>,
        },
        {
          head: "Worker",
          cell: ({ worker_id: worker, worker_name: name }) => (
            <Link to={`/workers/${encodeURIComponent(worker)}`}>{name}</Link>
          ),
        },
        { head: "Reason", cell: ({ reason }) => reason ?? "" },
        { head: "Asked", cell: ({ created_at: at }) => <Moment iso={at} /> },
      ]}
    />
  );
}
