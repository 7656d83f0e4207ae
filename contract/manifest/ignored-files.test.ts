import ignore from "ignore";
import { expect, test } from "vitest";
import { ignoredPatterns, isIgnored } from "./ignored-files.ts";

test("the command line leaves out of a folder what the edge leaves out of a zip", () => {
  const rules = ignore().add([...ignoredPatterns]);
  const left = [
    ".git/config",
    "a/.git/config",
    "sub/.git",
    "__MACOSX/._x",
    "a/__pycache__/b.txt",
    "venv/x",
    "Thumbs.db",
    "a/desktop.ini",
    ".DS_Store",
    "._run.py",
    "a/b.pyo",
    "x.pyc",
  ];
  const kept = ["run.py", ".gitignore", "venv.md", "a/git/x", "node_modules/left/index.js", "pyc"];
  for (const path of [...left, ...kept]) {
    expect([path, isIgnored(path), rules.ignores(path)]).toEqual([
      path,
      left.includes(path),
      left.includes(path),
    ]);
  }
});
