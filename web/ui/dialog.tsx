import { lazy, Suspense } from "react";
import type { FormEvent, ReactNode } from "react";
import { useChange } from "./use-change.ts";
import type { Change } from "./use-change.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import type { ModalBoxProps } from "./modal.tsx";

/** Focus, layers and Escape are a library's, loaded with the first dialog that somebody opens. */
const ModalBox = lazy(async () => ({ default: (await import("./modal.tsx")).ModalBox }));

/** A dialog over the page. */
export function DialogBox(props: ModalBoxProps) {
  return (
    <Suspense fallback={null}>
      <ModalBox {...props} />
    </Suspense>
  );
}

interface FormDialogProps {
  title: string;
  /** What the button says that sends it: a verb. */
  action: string;
  isDanger?: boolean;
  isWide?: boolean;
  /** Of what sends it: while it is busy nothing can be sent twice, and its error is shown here. */
  change: Change;
  /** Whether it may be sent as it stands. */
  isReady?: boolean;
  onSend: (form: FormData) => void;
  onClose: () => void;
  children: ReactNode;
}

/** A form in a dialog: sent by Enter or its button, left by Escape or Cancel. */
export function FormDialog(props: FormDialogProps) {
  const {
    title,
    action,
    isDanger,
    isWide = false,
    change,
    isReady = true,
    onSend,
    onClose,
    children,
  } = props;
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    onSend(new FormData(event.currentTarget));
  }
  return (
    <DialogBox title={title} onClose={onClose} isWide={isWide}>
      <form onSubmit={submit} aria-busy={change.busy}>
        {children}
        {change.error !== undefined && <ErrorNotice error={change.error} />}
        <div className="actions dialog-actions">
          <button type="button" className="quiet" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={isDanger ? "danger" : "primary"}
            disabled={change.busy || !isReady}
          >
            {change.busy ? "One moment …" : action}
          </button>
        </div>
      </form>
    </DialogBox>
  );
}

interface ChangeDialogProps extends Omit<FormDialogProps, "change" | "onSend"> {
  /** Makes the change that the form asks for; what it throws is shown in the dialog, which then stays. */
  send: (form: FormData) => Promise<unknown>;
  /** What is said when it was made; empty for nothing. */
  said: string | ((form: FormData) => string);
}

/** A form in a dialog that makes one change of what the server has, and closes when that went well. */
export function ChangeDialog({ send, said, onClose, ...dialog }: ChangeDialogProps) {
  const change = useChange();
  async function make(form: FormData): Promise<void> {
    const words = typeof said === "string" ? said : said(form);
    if (await change.make(() => send(form), words)) onClose();
  }
  return <FormDialog {...dialog} change={change} onSend={(form) => void make(form)} onClose={onClose} />;
}

/** What a form's field of this name holds; an empty text where there is none. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** The addresses that a field holds, with commas or blanks between. */
export function addressesOf(form: FormData, name: string): string[] {
  return textOf(form, name)
    .split(/[\s,;]+/)
    .filter((address) => address !== "");
}
