import { expect, test } from "vitest";
import { whyUnsafePath } from "./safe-path.ts";

test.each([
  ["nothing at all", ""],
  ["a way out", "../x"],
  ["a way out in the middle", "a/../../x"],
  ["an empty step", "a//b"],
  ["a step that stays", "./a"],
  ["the root", "/etc/passwd"],
  ["a drive", "C:/x"],
  ["a backslash", "a\\b"],
  ["an end of text", "a\u0000b"],
  ["an escape", "a\u001B[2Jb"],
  ["a delete", "a\u007Fb"],
  ["a C1 control that terminals take for an escape", "a\u009B2Jb"],
  ["a mark that turns the reading direction", "invoice\u202Efdp.sh"],
  ["an isolate", "a\u2066b"],
  ["a line separator", "a\u2028b"],
  ["a git hook", ".git/hooks/pre-commit"],
  ["a git hook where case does not count", "a/.GiT/config"],
  ["a git hook where invisible characters do not count", ".g\u200Cit/config"],
  ["git's folder by its short name", "GIT~1/config"],
  ["a hidden file by a blank that Windows drops", ".env "],
  ["a folder by a dot that Windows drops", ".git./config"],
  ["another stream of a file", "run.py:evil"],
  ["a device", "out/NUL.txt"],
  ["a device by its small digit", "com¹"],
  ["a name of more bytes than a file can have", `out/${"日".repeat(86)}.txt`],
  ["more than a path holds", "x".repeat(513)],
])("a path that means %s is refused", (_, path) => {
  expect(whyUnsafePath(path)).not.toBeNull();
});

test.each([
  "out/a.csv",
  "ä ö.txt",
  "a..b",
  ".hidden",
  ".gitignore",
  "git/x",
  "👩‍💻.md",
  "console.log",
  "日".repeat(85),
])("the path %s is taken", (path) => {
  expect(whyUnsafePath(path)).toBeNull();
});
