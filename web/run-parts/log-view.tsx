import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { UIEvent } from "react";
import { showText } from "#contract/outputs/show-text";
import type { RunScreen } from "#contract/runs/run-screen";
import { formatCount } from "#contract/words";

/** Height of one line in CSS pixels; `.log-line` in log.css has the same, which is what lets us draw only what is seen. */
const LINE_PX = 20;
/** Lines drawn above and below what is seen, so that quick scrolling shows no gaps. */
const OVERSCAN = 20;
/** How close to the end, in pixels, still counts as being at the end. */
const END_SLACK_PX = 2 * LINE_PX;
const ANNOUNCE_MS = 3_000;

type Log = Pick<RunScreen, "lines" | "droppedLines">;

/**
 * A log of any length in a box that scrolls. It stays at the end while lines come in, until somebody scrolls up. Only
 * the lines in sight are in the document; a screen reader is told politely, every few seconds, what is new.
 */
export function LogView({ run, log, live }: { run: string; log: Log; live: boolean }) {
  const box = useRef<HTMLElement>(null);
  const [scroll, setScroll] = useState({ top: 0, height: 400 });
  const [atEnd, setAtEnd] = useState(true);
  const count = log.lines.length;

  useLayoutEffect(() => {
    if (atEnd && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [atEnd, log]);

  function follow({ currentTarget }: UIEvent<HTMLElement>): void {
    const { scrollTop, clientHeight, scrollHeight } = currentTarget;
    setScroll({ top: scrollTop, height: clientHeight });
    setAtEnd(scrollHeight - scrollTop - clientHeight <= END_SLACK_PX);
  }

  const first = Math.max(0, Math.floor(scroll.top / LINE_PX) - OVERSCAN);
  const last = Math.min(count, Math.ceil((scroll.top + scroll.height) / LINE_PX) + OVERSCAN);
  return (
    <div className="log">
      {log.droppedLines > 0 && (
        <p className="muted">
          The first {formatCount(log.droppedLines, "line")} are not shown here.{" "}
          <code>npx floom runs logs {run}</code> prints all.
        </p>
      )}
      {/* A box that scrolls must be reachable by keyboard, or its lines are out of reach without a mouse. */}
      <section className="log-box" ref={box} onScroll={follow} tabIndex={0} aria-label="Lines of the log">
        <div style={{ height: count * LINE_PX }}>
          <div style={{ transform: `translateY(${first * LINE_PX}px)` }}>
            {log.lines.slice(first, last).map(({ stream, message }, index) => (
              <div key={log.droppedLines + first + index} className={`log-line log-${stream}`}>
                {stream === "stderr" && <span className="visually-hidden">error output: </span>}
                {showText(message).text}
              </div>
            ))}
          </div>
        </div>
      </section>
      <Announcer log={log} live={live} />
      {!atEnd && live && (
        <button type="button" className="log-end" onClick={() => setAtEnd(true)}>
          Go to the end
        </button>
      )}
    </div>
  );
}

/** Tells a screen reader how many lines came in and what the last one says, at most every few seconds. */
function Announcer({ log, live }: { log: Log; live: boolean }) {
  const [text, setText] = useState("");
  const latest = useRef(log);
  const announced = useRef(0);
  useEffect(() => {
    latest.current = log;
  }, [log]);
  useEffect(() => {
    if (!live) return undefined;
    const timer = window.setInterval(() => {
      const total = latest.current.droppedLines + latest.current.lines.length;
      const fresh = total - announced.current;
      if (fresh === 0) return;
      announced.current = total;
      setText(
        `${formatCount(fresh, "new line")}. Last: ${showText(latest.current.lines.at(-1)?.message ?? "").text}`,
      );
    }, ANNOUNCE_MS);
    return () => window.clearInterval(timer);
  }, [live]);
  return (
    <div className="visually-hidden" aria-live="polite">
      {text}
    </div>
  );
}
