import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { useMemo } from "react";
import type { ShownText } from "#contract/outputs/output";
import { CutNote } from "./text-view.tsx";

/** More than this is shown as it is written: a reader of Markdown that takes seconds holds the whole page up. */
const MOST_CHARS = 100_000;

/**
 * Markdown as safe HTML: tags in it are shown as text, links lead to web and mail addresses only, and pictures from
 * elsewhere, which would tell their server who looks, are not loaded by the page's policy.
 */
export function writeMarkdown(text: string): string {
  return micromark(text, {
    allowDangerousHtml: false,
    allowDangerousProtocol: false,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
}

export function MarkdownView({ text }: { text: ShownText }) {
  const html = useMemo(() => (text.text.length > MOST_CHARS ? null : writeMarkdown(text.text)), [text]);
  if (html === null) return <pre className="raw">{text.text}</pre>;
  return (
    <>
      {/* micromark escapes whatever is no Markdown; the test beside it tries what would act. */}
      <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} />
      <CutNote leftOut={text.leftOut} />
    </>
  );
}
