import { useState } from "react";

/** A command to type, with a button that copies it. */
export function CopyCommand({ command }: { command: string }) {
  const [copied, setCopied] = useState(false);
  function copy(): void {
    navigator.clipboard.writeText(command).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  }
  return (
    <div className="command">
      <code>{command}</code>
      <button type="button" className="quiet" onClick={copy} aria-label={`Copy: ${command}`}>
        {copied ? "Copied" : "Copy"}
      </button>
      <output className="visually-hidden">{copied ? "Copied" : ""}</output>
    </div>
  );
}
