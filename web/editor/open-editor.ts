import { createEditor } from "prism-code-editor";
import layout from "prism-code-editor/layout.css?inline";
import colours from "./editor.css?inline";
import { listenToKeys } from "./editor-keys.ts";
import { loadGrammar } from "./load-grammar.ts";

/** A longer text is typed in a plain box: colours are made anew at every key. */
export const MOST_CODE_CHARS = 100_000;

export interface OpenEditor {
  textarea: HTMLTextAreaElement;
  /** Puts another text in its place. */
  write: (text: string) => void;
  /** Marks a line, from 1; null for none. */
  markLine: (line: number | null) => void;
  close: () => void;
}

interface EditorWish {
  language: string;
  text: string;
  onChange: (text: string) => void;
}

/** Styles that are made by script need no leave of the page's policy for styles that stand in it. */
function addStyles(): void {
  if (document.adoptedStyleSheets.some((sheet) => sheet === styles)) return;
  document.adoptedStyleSheets = document.adoptedStyleSheets.concat(styles);
}

const styles = new CSSStyleSheet();
styles.replaceSync(`${layout}\n${colours}`);

/** Opens an editor for code in `place`: coloured by its language, with numbers, and left by Escape and Tab. */
export async function openEditor(
  place: Element,
  { language, text, onChange }: EditorWish,
): Promise<OpenEditor> {
  const name = await loadGrammar(language);
  addStyles();
  const editor = createEditor(place, { language: name, value: text });
  const { textarea } = editor;
  // Its label is the field's.
  textarea.removeAttribute("aria-label");
  listenToKeys(textarea);
  let marked: number | null = null;
  const mark = (line: number | null) => {
    if (marked !== null) editor.lines[marked]?.classList.remove("wrong-line");
    if (line !== null) editor.lines[line]?.classList.add("wrong-line");
    marked = line;
  };
  // The text that it is opened with is no change.
  editor.on("update", (next) => {
    mark(null);
    onChange(next);
  });
  return {
    textarea,
    markLine: mark,
    write: (next) => editor.setOptions({ value: next }),
    close: () => editor.remove(),
  };
}
