import { useLocation } from "wouter";
import { replayRoutes } from "#contract/replay/routes";
import type { RunDetail } from "#contract/runs/run";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { EditFields, useEdits } from "../../parts/input-edits.tsx";
import { CheckField, ChoiceField } from "../../parts/labelled.tsx";
import { FormDialog, textOf } from "../../ui/dialog.tsx";

/** Runs an ended run again: its inputs can be changed, on the version it had or the active one. */
export function ReplayDialog({ detail, onClose }: { detail: RunDetail; onClose: () => void }) {
  const api = useApi();
  const change = useChange();
  const [, navigate] = useLocation();
  const edits = useEdits(detail.inputs);
  async function send(form: FormData): Promise<void> {
    const done = await change.make(async () => {
      const { id } = await api.call(replayRoutes.replayRun, {
        params: { run: detail.id },
        json: {
          inputs: { ...edits.changed },
          version: textOf(form, "version") === "active" ? "active" : "same",
          dry: form.get("dry") !== null,
        },
      });
      navigate(`/runs/${id}`);
    }, "It is started again.");
    if (done) onClose();
  }
  return (
    <FormDialog
      title="Run it again"
      action="Run again"
      change={change}
      isReady={edits.changed !== null}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      <EditFields values={detail.inputs} edits={edits} />
      <ChoiceField
        label="On"
        name="version"
        choices={[
          ["same", `Version ${detail.version}, which it had`],
          ["active", "The active version"],
        ]}
      />
      <CheckField name="dry" label="Let nothing out: tools answer from the record, and there is no network" />
    </FormDialog>
  );
}
