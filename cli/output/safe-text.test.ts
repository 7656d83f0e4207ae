import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { asSeen, forTerminal, jsonForTerminal, withItsColours } from "./safe-text.ts";
import { openStyle } from "./style.ts";

const style = openStyle({}, { isTerminal: true });
const shown = (line: string) => forTerminal(withItsColours(line, { close: true }));

it("our own colours reach the terminal, and nobody else's", () => {
  verifies("cli:output:nothing-acts-on-the-terminal");
  expect(forTerminal(style.red("a"))).toBe("\u001B[31ma\u001B[39m");
  expect(forTerminal(style.red("a\u001B[39mb"))).toBe("\u001B[31ma?[39mb\u001B[39m");
  expect(asSeen(style.bold("a"))).toBe("a");
});

it.each([
  ["writes the clipboard", "\u001B]52;c;cm0gLXJmIH4=\u0007", "?]52;c;cm0gLXJmIH4=?"],
  ["clears the screen", "a\u001B[2Jb", "a?[2Jb"],
  ["uses the one-byte forms", "a\u009B2Jb\u009D0;t\u009C", "a?2Jb?0;t?"],
  ["goes back over what was written", "ok\rno\b\u007F", "ok?no??"],
  ["turns the reading direction", "a\u202Eb\u2066c\u200Fd", "a?b?c?d"],
])("text that %s is shown and does nothing", (_, text, expected) => {
  verifies("cli:output:nothing-acts-on-the-terminal");
  expect(forTerminal(text)).toBe(expected);
});

it("a script's line keeps its colours, cannot hide what it says, and colours nobody else's line", () => {
  verifies("cli:output:nothing-acts-on-the-terminal");
  expect(shown("\u001B[1;31mred\u001B[0m\r\u001B[1A")).toBe("\u001B[1;31mred\u001B[0m??[1A");
  expect(shown("\u001B[38;5;208morange")).toBe("\u001B[38;5;208morange\u001B[0m");
  expect(shown("\u001B[8mhidden\u001B[1;8m")).toBe("?[8mhidden?[1;8m");
});

it("JSON reads back the same and shows nothing that acts", () => {
  const value = { text: "a\u001B\u009B\u007F\u202E\u2028\n👩‍💻" };
  const text = jsonForTerminal(value, 2);
  expect(text).not.toMatch(/[^\P{Cc}\n]|[\u2028\u202E]/u);
  expect(JSON.parse(text)).toEqual(value);
});
