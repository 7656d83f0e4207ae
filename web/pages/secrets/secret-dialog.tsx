import { secretRoutes } from "#contract/secrets/routes";
import type { SecretSummary } from "#contract/secrets/secret";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { TextAreaField, TextField } from "../../parts/labelled.tsx";
import { FormDialog, textOf } from "../../ui/dialog.tsx";

interface SecretDialogProps {
  /** The one that is to be set; empty for a new one. */
  name: string;
  known: SecretSummary | null;
  onClose: () => void;
}

/** Names with blanks or commas between. Pure. */
export const readNames = (text: string): string[] => text.split(/[\s,;]+/).filter((name) => name !== "");

/** Sets a secret, or gives it a new value; who gets it can be narrowed. */
export function SecretDialog({ name, known, onClose }: SecretDialogProps) {
  const api = useApi();
  const change = useChange();
  async function send(form: FormData): Promise<void> {
    const secret = name === "" ? textOf(form, "name") : name;
    const workers = readNames(textOf(form, "workers"));
    const value = form.get("value");
    const header = textOf(form, "header");
    const done = await change.make(
      () =>
        api.call(secretRoutes.setSecret, {
          params: { secret },
          json: {
            value: typeof value === "string" ? value : "",
            workers: workers.length === 0 ? null : workers,
            hosts: readNames(textOf(form, "hosts")),
            ...(header === "" ? {} : { header }),
          },
        }),
      `${secret} is set.`,
    );
    if (done) onClose();
  }
  return (
    <FormDialog
      title={name === "" ? "Set a secret" : `Set ${name}`}
      action="Set it"
      change={change}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      {name === "" && (
        <TextField
          label="Name"
          name="name"
          required
          pattern="[A-Z][A-Z0-9_]*"
          autoComplete="off"
          spellCheck={false}
          hint="Capital letters, digits and underscores, e.g. API_KEY."
        />
      )}
      <TextAreaField
        label="Value"
        name="value"
        required
        rows={3}
        autoComplete="off"
        spellCheck={false}
        className="secret-value"
        hint="It is sealed when it arrives, and shown to nobody again."
      />
      <details>
        <summary>Who gets it</summary>
        <TextField
          label="Workers"
          name="workers"
          defaultValue={known?.workers?.join(", ") ?? ""}
          hint="Their names; left empty, every worker that declares it."
        />
        <TextField
          label="Hosts"
          name="hosts"
          defaultValue={known?.hosts.join(", ") ?? ""}
          hint="It is put into requests to these hosts on their way out, and scripts never have it. Left empty, scripts are given it."
        />
        <TextField
          label="Header"
          name="header"
          defaultValue={known?.header ?? ""}
          placeholder="Authorization: Bearer {value}"
          hint="With hosts: how it is put there."
        />
      </details>
    </FormDialog>
  );
}
