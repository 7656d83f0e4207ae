import { useState } from "react";

/** Copies a text; says so where the browser let it. */
export function CopyButton({ text }: { text: string }) {
  const [said, setSaid] = useState("");
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied.");
    } catch {
      setSaid("The browser did not let it be copied.");
    }
  }
  return (
    <p className="actions">
      <button type="button" className="quiet" onClick={() => void copy()}>
        Copy
      </button>
      <output className="muted">{said}</output>
    </p>
  );
}
