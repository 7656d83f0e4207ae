import { useState } from "react";
import type { ReactNode } from "react";
import { describeError } from "../api/describe-error.ts";
import { saveFile } from "../api/save-file.ts";

interface SaveButtonProps {
  filename: string;
  fetchFile: () => Promise<Response>;
  /** What a screen reader says instead of the words on the button. */
  label?: string;
  children: ReactNode;
}

/** Downloads a file that needs the token, which a plain link could not send. */
export function SaveButton({ filename, fetchFile, label, children }: SaveButtonProps) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  async function save(): Promise<void> {
    setBusy(true);
    setFailure("");
    try {
      await saveFile(await fetchFile(), filename);
    } catch (error) {
      setFailure(describeError(error).detail);
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <button type="button" disabled={busy} aria-label={label} onClick={() => void save()}>
        {children}
      </button>
      {failure !== "" && <span role="alert">{failure}</span>}
    </>
  );
}
