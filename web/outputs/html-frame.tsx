import { useLayoutEffect, useRef } from "react";

/**
 * A page that a worker made, with its own styles, in a frame that has no origin: no script of it runs, no form is sent, and
 * by the frame's own policy nothing is loaded from anywhere (worker/pages/styled-frame). The frame asks for the page once
 * it is there.
 */
export function HtmlFrame({ html, title }: { html: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const isThere = useRef(false);
  // Before the frame has come: it asks once.
  useLayoutEffect(() => {
    const hand = () => frame.current?.contentWindow?.postMessage(html, "*");
    const hear = ({ source, data }: MessageEvent) => {
      if (source !== frame.current?.contentWindow || data !== "floom:frame") return;
      isThere.current = true;
      hand();
    };
    if (isThere.current) hand();
    window.addEventListener("message", hear);
    return () => window.removeEventListener("message", hear);
  }, [html]);
  return (
    <>
      <iframe
        ref={frame}
        className="html-frame"
        sandbox="allow-scripts"
        src="/frame.html"
        title={title}
        referrerPolicy="no-referrer"
      />
      <p className="muted">
        A page that the worker made, shown without its scripts and without anything from elsewhere.
      </p>
    </>
  );
}
