import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { highlights } from "./highlights.ts";
import { loadLanguage } from "./load-language.ts";

export interface CodeMirrorWish {
  label: string;
  /** As the server names it: python, javascript, yaml, json; anything else is plain text. */
  language: string;
  text: string;
  isReadOnly: boolean;
  onChange: (text: string) => void;
}

const look = EditorView.theme({
  "&": { fontSize: "13px", maxHeight: "70vh", color: "var(--text)", backgroundColor: "var(--card)" },
  "&.cm-focused": { outline: "2px solid var(--focus)" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": {
    color: "var(--muted)",
    backgroundColor: "var(--card)",
    borderRight: "1px solid var(--border)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--active)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-panels": { color: "var(--text)", backgroundColor: "var(--background)" },
});

/**
 * Opens an editor in `place` and returns what closes it. It stands in a shadow root, where its styles are added by script
 * alone: in the document itself they would be a style element, which the page's policy forbids. Tab indents; after Escape
 * it leaves the editor, as the keymap of CodeMirror has it.
 */
export function openCodeMirror(place: HTMLElement, wish: CodeMirrorWish): () => void {
  const { label, language, text, isReadOnly, onChange } = wish;
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  const grammar = new Compartment();
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of(language === "python" ? "    " : "  "),
        bracketMatching(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        search({ top: true }),
        syntaxHighlighting(highlights),
        keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ "aria-label": label }),
        EditorState.readOnly.of(isReadOnly),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
        grammar.of([]),
        look,
      ],
    }),
  });
  let isOpen = true;
  void loadLanguage(language).then((found) => {
    if (isOpen) view.dispatch({ effects: grammar.reconfigure(found ?? EditorView.lineWrapping) });
  });
  return () => {
    isOpen = false;
    view.destroy();
  };
}
