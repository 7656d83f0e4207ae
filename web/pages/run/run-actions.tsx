import { useState } from "react";
import { shareRoutes } from "#contract/shares/routes";
import type { RunDetail } from "#contract/runs/run";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { useMay } from "../../api/use-may.ts";
import { TextField } from "../../parts/labelled.tsx";
import { ShownOnce } from "../../ui/shown-once.tsx";
import { FormDialog, textOf } from "../../ui/dialog.tsx";
import { ReplayDialog } from "./replay-dialog.tsx";

/** Runs it again, with edits or without, and shows its results to others. */
export function RunActions({ detail }: { detail: RunDetail }) {
  const may = useMay();
  const [open, setOpen] = useState<"replay" | "share" | null>(null);
  const [link, setLink] = useState<string | null>(null);
  if (!may("runs:write")) return null;
  return (
    <>
      {detail.can_replay && (
        <button type="button" onClick={() => setOpen("replay")}>
          Run again …
        </button>
      )}
      <button type="button" onClick={() => setOpen("share")}>
        Share the results …
      </button>
      {open === "replay" && <ReplayDialog detail={detail} onClose={() => setOpen(null)} />}
      {open === "share" && (
        <ShareDialog
          run={detail.id}
          onMade={(url) => {
            setLink(url);
            setOpen(null);
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {link !== null && (
        <ShownOnce title="The link" value={link} onClose={() => setLink(null)}>
          Whoever has it sees the results of this run.
        </ShownOnce>
      )}
    </>
  );
}

interface ShareDialogProps {
  run: string;
  onMade: (url: string) => void;
  onClose: () => void;
}

function ShareDialog({ run, onMade, onClose }: ShareDialogProps) {
  const api = useApi();
  const change = useChange();
  async function send(form: FormData): Promise<void> {
    await change.make(async () => {
      const { url } = await api.call(shareRoutes.createRunShare, {
        params: { run },
        json: { expires_in_days: Number(textOf(form, "days")) },
      });
      onMade(url);
    }, "");
  }
  return (
    <FormDialog
      title="Share the results"
      action="Make the link"
      change={change}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      <p>The link shows outputs and files. What went in, the log and the errors stay yours.</p>
      <TextField
        label="Days until it ends"
        name="days"
        type="number"
        min={1}
        max={365}
        defaultValue={30}
        required
      />
    </FormDialog>
  );
}
