import { useEffect, useRef } from "react";
import { openCodeMirror } from "./open-code-mirror.ts";
import type { CodeMirrorWish } from "./open-code-mirror.ts";

type CodeEditorProps = Omit<CodeMirrorWish, "label"> & {
  /** What is written in it, for screen readers: the file's path. */
  label: string;
};

/** An editor for one file's text; another file gets another one, by its key. */
export function CodeEditor({ label, language, text, isReadOnly, onChange }: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const first = useRef({ label, language, text, isReadOnly, onChange });
  useEffect(() => {
    if (place.current === null) return undefined;
    return openCodeMirror(place.current, first.current);
  }, []);
  return <div ref={place} className="code-place" />;
}
