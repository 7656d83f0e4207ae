import { useId, useState } from "react";
import { Link } from "wouter";
import { approvalRoutes } from "#contract/approvals/routes";
import type { Approval } from "#contract/approvals/approval";
import { showText } from "#contract/outputs/show-text";
import { useApi } from "../../api/api-context.ts";
import { describeError } from "../../api/describe-error.ts";
import { useChange } from "../../ui/use-change.ts";
import { useMay } from "../../api/use-may.ts";
import { Files } from "../../outputs/files.tsx";
import { Moment } from "../../parts/moment.tsx";
import { NamedValues } from "../../outputs/named-values.tsx";
import { ApprovalPill } from "./approval-table.tsx";
import { EditDialog, RejectDialog } from "./decide-dialogs.tsx";

interface ApprovalCardProps {
  approval: Approval;
  /** Whether it is among those that are decided together; absent where that is not offered. */
  isChosen?: boolean;
  onChoose?: () => void;
}

/** One approval: exactly what would be done, and the ways to decide. */
export function ApprovalCard({ approval, isChosen, onChoose }: ApprovalCardProps) {
  const id = useId();
  const { label, worker_id: worker, worker_name: name, run_id: run, preview, status } = approval;
  const isOpen = status === "pending";
  return (
    <article className="card" aria-labelledby={id} tabIndex={-1} data-card={approval.id}>
      <div className="head-row">
        <span className="card-title">
          {onChoose !== undefined && (
            <input
              type="checkbox"
              data-press="choose"
              aria-label={`Choose: ${label}`}
              checked={isChosen ?? false}
              onChange={onChoose}
            />
          )}
          <h2 id={id}>{label}</h2>
        </span>
        <ApprovalPill status={status} />
      </div>
      <p className="muted">
        <Link to={`/workers/${encodeURIComponent(worker)}`}>{name}</Link> asks in{" "}
        <Link to={`/runs/${run}`}>this run</Link>, since <Moment iso={approval.created_at} />
        {isOpen && (
          <>
            . Until <Moment iso={approval.expires_at} />; then it is{" "}
            {approval.on_expiry === "approve" ? "approved" : "rejected"}
          </>
        )}
        {approval.approvers_needed > 1 &&
          `. ${approval.votes.length} of ${approval.approvers_needed} who are needed have decided`}
        .
      </p>
      {preview !== null && preview !== "" && <pre className="raw">{showText(preview).text}</pre>}
      <Request
        outputs={approval.edited_output ?? approval.outputs}
        isEdited={approval.edited_output !== null}
      />
      {approval.artifacts.length > 0 && <Files run={run} artifacts={approval.artifacts} />}
      {approval.reason !== null && <p>Reason: {showText(approval.reason).text}</p>}
      {approval.follow_up_run_id !== null && (
        <p>
          <Link to={`/runs/${approval.follow_up_run_id}`}>The run that does it</Link>
        </p>
      )}
      {isOpen && <Decide approval={approval} />}
    </article>
  );
}

/** What is executed, to the letter. */
function Request({ outputs, isEdited }: { outputs: Approval["outputs"]; isEdited: boolean }) {
  if (Object.keys(outputs).length === 0) return null;
  return (
    <>
      <h3>{isEdited ? "What is done, as it was edited" : "What exactly is done"}</h3>
      <NamedValues values={outputs} className="facts-list" />
    </>
  );
}

function Decide({ approval }: { approval: Approval }) {
  const api = useApi();
  const may = useMay();
  const change = useChange();
  const [open, setOpen] = useState<"edit" | "reject" | null>(null);
  if (!may("approvals:decide")) {
    return approval.public_link === null ? (
      <p className="muted">Somebody who may decide approvals decides this one.</p>
    ) : (
      <p>
        <a href={approval.public_link} className="button">
          Review and decide
        </a>
      </p>
    );
  }
  const approve = () =>
    api.call(approvalRoutes.approveApproval, { params: { approval: approval.id }, json: {} });
  const canEdit = approval.approvers_needed === 1 && Object.keys(approval.outputs).length > 0;
  return (
    <div className="actions">
      <button
        type="button"
        className="primary"
        data-press="approve"
        disabled={change.busy}
        aria-label={`Approve: ${approval.label}`}
        onClick={() => void change.make(approve, "Approved.")}
      >
        Approve
      </button>
      {canEdit && (
        <button
          type="button"
          data-press="edit"
          aria-label={`Edit and approve: ${approval.label}`}
          onClick={() => setOpen("edit")}
        >
          Edit and approve …
        </button>
      )}
      <button
        type="button"
        data-press="reject"
        aria-label={`Reject: ${approval.label}`}
        onClick={() => setOpen("reject")}
      >
        Reject …
      </button>
      {change.error !== undefined && (
        <p role="alert" className="field-error">
          {describeError(change.error).detail}
        </p>
      )}
      {open === "edit" && <EditDialog approval={approval} onClose={() => setOpen(null)} />}
      {open === "reject" && <RejectDialog approval={approval} onClose={() => setOpen(null)} />}
    </div>
  );
}
