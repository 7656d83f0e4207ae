import { expect, test } from "vitest";
import { editKey } from "./edit-key.ts";

/** `|` marks the caret, `<` and `>` what is chosen. */
function press(key: string, marked: string, shift = false): string | null {
  const start = marked.search(/[|<]/);
  const text = marked.replaceAll(/[|<>]/g, "");
  const end = marked.includes(">") ? marked.indexOf(">") - 1 : start;
  const edit = editKey({ text, start, end }, { key, shift });
  if (edit === null) return null;
  const next = text.slice(0, edit.from) + edit.text + text.slice(edit.to);
  const [head, chosen, tail] = [
    next.slice(0, edit.start),
    next.slice(edit.start, edit.end),
    next.slice(edit.end),
  ];
  return chosen === "" ? `${head}|${tail}` : `${head}<${chosen}>${tail}`;
}

test.each([
  ["a|b", "a  |b"],
  ["<ab>c", "  |c"],
  ["x\n<a\nb>\nc", "x\n<  a\n  b>\nc".replace("<  ", "  <")],
])("Tab indents: %j becomes %j", (before, after) => {
  expect(press("Tab", before)).toBe(after);
});

test.each([
  ["    a|", "  a|"],
  [" |a", "|a"],
  ["|a", "|a"],
  ["<  a\n\tb\n>  c", "<a\nb\n>  c"],
])("Shift and Tab take it back: %j becomes %j", (before, after) => {
  expect(press("Tab", before, true)).toBe(after);
});

test.each([
  ["  a|", "  a\n  |"],
  ["{|}", "{\n  |\n}"],
  ["  if x:|", "  if x:\n    |"],
  ["a<b>c", "a\n|c"],
])("Enter goes on where the line began: %j becomes %j", (before, after) => {
  expect(press("Enter", before)).toBe(after);
});

test.each(["a", "Escape", "ArrowDown"])("the key %s does what it always does", (key) => {
  expect(press(key, "a|")).toBeNull();
});
