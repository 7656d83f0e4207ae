import { approvalRoutes } from "#contract/approvals/routes";
import type { Approval } from "#contract/approvals/approval";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { EditFields, useEdits } from "../../parts/input-edits.tsx";
import { TextAreaField } from "../../parts/labelled.tsx";
import { FormDialog, textOf } from "../../ui/dialog.tsx";

interface DecideDialogProps {
  approval: Approval;
  onClose: () => void;
}

/** Approves something else than what was proposed: the same with edits. */
export function EditDialog({ approval, onClose }: DecideDialogProps) {
  const api = useApi();
  const change = useChange();
  const edits = useEdits(approval.outputs);
  async function send(): Promise<void> {
    const done = await change.make(
      () =>
        api.call(approvalRoutes.approveApproval, {
          params: { approval: approval.id },
          json: { edited_output: { ...approval.outputs, ...edits.changed } },
        }),
      "Approved with your edits.",
    );
    if (done) onClose();
  }
  return (
    <FormDialog
      title={`Edit: ${approval.label}`}
      action="Approve with these edits"
      isWide
      change={change}
      isReady={edits.changed !== null}
      onSend={() => void send()}
      onClose={onClose}
    >
      <p>What stands here is done, to the letter.</p>
      <EditFields values={approval.outputs} edits={edits} />
    </FormDialog>
  );
}

/** Rejects, with a reason that the worker and the record are told. */
export function RejectDialog({ approval, onClose }: DecideDialogProps) {
  const api = useApi();
  const change = useChange();
  async function send(form: FormData): Promise<void> {
    const done = await change.make(
      () =>
        api.call(approvalRoutes.rejectApproval, {
          params: { approval: approval.id },
          json: { reason: textOf(form, "reason") },
        }),
      "Rejected.",
    );
    if (done) onClose();
  }
  return (
    <FormDialog
      title={`Reject: ${approval.label}`}
      action="Reject"
      isDanger
      change={change}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      <TextAreaField label="Why" name="reason" rows={3} hint="The worker is told, and the record keeps it." />
    </FormDialog>
  );
}
