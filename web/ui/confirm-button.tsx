import { useState } from "react";
import type { ReactNode } from "react";
import { useChange } from "./use-change.ts";
import { TextField } from "../parts/labelled.tsx";
import { FormDialog } from "./dialog.tsx";

interface ConfirmButtonProps {
  /** On the button, and as the dialog's own button: `Delete`. */
  label: string;
  /** For screen readers, where several buttons of the page have the same label: `Delete the secret API_KEY`. */
  name?: string;
  title: string;
  /** What it does that cannot be seen from the title, and what stays. */
  children: ReactNode;
  /** A word to type before it can be done: for what cannot be brought back. */
  typeToConfirm?: string;
  isDanger?: boolean;
  className?: string;
  /** What is said when it was done. */
  said: string;
  onConfirm: () => Promise<unknown>;
  /** After it was done, e.g. to leave a page that is no more. */
  onDone?: () => void;
}

/** Does something that hurts when done by a slip: asks first, in words. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, name, title, children, typeToConfirm, said, onConfirm, onDone } = props;
  const { isDanger = true, className = "small" } = props;
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const change = useChange();
  function close(): void {
    setOpen(false);
    setTyped("");
    change.reset();
  }
  async function send(): Promise<void> {
    if (!(await change.make(onConfirm, said))) return;
    close();
    onDone?.();
  }
  return (
    <>
      <button type="button" className={className} aria-label={name} onClick={() => setOpen(true)}>
        {label}
      </button>
      {isOpen && (
        <FormDialog
          title={title}
          action={label}
          isDanger={isDanger}
          change={change}
          isReady={typeToConfirm === undefined || typed === typeToConfirm}
          onSend={() => void send()}
          onClose={close}
        >
          {children}
          {typeToConfirm !== undefined && (
            <TextField
              label={`Type ${typeToConfirm} to be sure`}
              value={typed}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
        </FormDialog>
      )}
    </>
  );
}
