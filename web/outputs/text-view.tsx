import type { ShownText } from "#contract/outputs/output";
import { CopyButton } from "./copy-button.tsx";

/** Text as it came, acting characters written out, and a note where it is cut. */
export function TextView({ text, isCode }: { text: ShownText; isCode: boolean }) {
  return (
    <>
      {isCode || text.text.length > 400 ? (
        // A long text scrolls in its own frame, which a keyboard has to reach.
        <section className="raw" aria-label="Text" tabIndex={0}>
          <pre>{text.text}</pre>
        </section>
      ) : (
        <span className="output-text">{text.text}</span>
      )}
      <CutNote leftOut={text.leftOut} />
      {isCode && <CopyButton text={text.text} />}
    </>
  );
}

export function CutNote({ leftOut }: { leftOut: number }) {
  if (leftOut === 0) return null;
  return (
    <p className="muted">
      {leftOut.toLocaleString("en-US")} more characters are not shown; “Download everything” has all.
    </p>
  );
}
