import { editKey } from "./edit-key.ts";

/** Boxes in which Escape was pressed: the next Tab goes on to the next field. */
const leaving = new WeakSet<HTMLTextAreaElement>();

/** Keys of an editor for code. Escape lets go of Tab, so that a keyboard alone gets out as it got in. */
export function listenToKeys(box: HTMLTextAreaElement): void {
  box.addEventListener("blur", () => leaving.delete(box));
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") leaving.add(box);
    if (event.key === "Tab" && leaving.has(box)) return;
    const chosen = { text: box.value, start: box.selectionStart, end: box.selectionEnd };
    const edit = editKey(chosen, { key: event.key, shift: event.shiftKey });
    if (edit === null) return;
    event.preventDefault();
    box.setSelectionRange(edit.from, edit.to);
    // Of all ways to change a text this one alone is taken back by the browser's own undo.
    document.execCommand(edit.text === "" ? "delete" : "insertText", false, edit.text);
    box.setSelectionRange(edit.start, edit.end);
  });
}
