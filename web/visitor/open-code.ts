import { openEditor, MOST_CODE_CHARS } from "../editor/open-editor.ts";
import { describeJson, findWrongLine } from "../editor/find-wrong-line.ts";

/** Puts an editor in the place of a plain box, under the same name: the form sends what is in it. */
export async function openCode(box: HTMLTextAreaElement): Promise<void> {
  if (box.value.length > MOST_CODE_CHARS) return;
  const language = box.dataset["language"] ?? "text";
  const isJson = language === "json";
  const place = document.createElement("div");
  box.before(place);
  const judge = (text: string) => {
    if (isJson) editor.textarea.setCustomValidity(describeJson(text));
  };
  const editor = await openEditor(place, { language, text: box.value, onChange: (text) => judge(text) });
  // What was typed while it was loaded.
  if (box.value !== editor.textarea.value) editor.write(box.value);
  const isFocused = document.activeElement === box;
  for (const { name, value } of box.attributes)
    if (name !== "class") editor.textarea.setAttribute(name, value);
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.id = `${box.id}-keys`;
  hint.textContent = "Tab indents; Escape, then Tab goes on.";
  place.after(hint);
  const about = [box.getAttribute("aria-describedby"), hint.id].filter((id) => id !== null).join(" ");
  editor.textarea.setAttribute("aria-describedby", about);
  box.remove();
  if (isFocused) editor.textarea.focus();
  judge(editor.textarea.value);
  if (isJson && box.getAttribute("aria-invalid") === "true")
    editor.markLine(findWrongLine(editor.textarea.value, box.dataset["within"]));
  editor.textarea.addEventListener("invalid", () => {
    if (isJson) editor.markLine(findWrongLine(editor.textarea.value, undefined));
  });
}
