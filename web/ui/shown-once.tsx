import type { ReactNode } from "react";
import { DialogBox } from "./dialog.tsx";
import { CopyCommand } from "../parts/copy-command.tsx";

interface ShownDialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** What is shown this once: it stays until the person says they have it. */
export function ShownDialog({ title, onClose, children }: ShownDialogProps) {
  return (
    <DialogBox title={title} onClose={onClose}>
      {children}
      <div className="actions dialog-actions">
        <button type="button" className="primary" onClick={onClose}>
          I have it
        </button>
      </div>
    </DialogBox>
  );
}

interface ShownOnceProps {
  title: string;
  value: string;
  onClose: () => void;
  /** What to do with it. */
  children: ReactNode;
}

/** Something secret that was made just now and is stored nowhere: it stays until the person says they have it. */
export function ShownOnce({ title, value, onClose, children }: ShownOnceProps) {
  return (
    <ShownDialog title={title} onClose={onClose}>
      <p>{children} It is not shown again.</p>
      <CopyCommand command={value} />
    </ShownDialog>
  );
}
