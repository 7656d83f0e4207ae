/**
 * A page that a worker made, in a frame that may do nothing: no scripts, no forms, no origin of its own, and by the
 * policy that it inherits from this page nothing is loaded from anywhere.
 */
export function HtmlFrame({ html, title }: { html: string; title: string }) {
  return (
    <>
      <iframe className="html-frame" sandbox="" srcDoc={html} title={title} referrerPolicy="no-referrer" />
      <p className="muted">
        A page that the worker made, shown without its scripts, styles and pictures from elsewhere.
      </p>
    </>
  );
}
