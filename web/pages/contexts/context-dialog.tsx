import { useLocation } from "wouter";
import { contextRoutes } from "#contract/contexts/routes";
import { useApi } from "../../api/api-context.ts";
import { CheckField, TextField } from "../../parts/labelled.tsx";
import { ChangeDialog, textOf } from "../../ui/dialog.tsx";

/** Makes a context, without files yet. */
export function ContextDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const [, navigate] = useLocation();
  async function send(form: FormData): Promise<void> {
    const context = textOf(form, "name");
    await api.call(contextRoutes.createContext, {
      params: { context },
      json: {
        kind: form.get("memory") === null ? "files" : "memory",
        description: textOf(form, "description"),
        writeable: form.get("writeable") !== null,
        sensitive: form.get("sensitive") !== null,
        visibility: form.get("private") === null ? "workspace" : "private",
      },
    });
    navigate(`/contexts/${encodeURIComponent(context)}`);
  }
  return (
    <ChangeDialog
      title="Make a context"
      action="Make it"
      send={send}
      said={(form) => `${textOf(form, "name")} is made.`}
      onClose={onClose}
    >
      <TextField
        label="Name"
        name="name"
        required
        pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
        autoComplete="off"
        hint="Workers find it in the folder of this name below context/."
      />
      <TextField label="What is in it" name="description" />
      <CheckField name="sensitive" defaultChecked label="Keep its contents out of exports and shared links" />
      <CheckField name="writeable" label="Workers may write it" />
      <CheckField name="memory" label="It is a memory: lines are added to it, and none is changed" />
      <CheckField name="private" label="Only I see it" />
    </ChangeDialog>
  );
}
