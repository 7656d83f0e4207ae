import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import type { Script } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

const run = (source: string, options: Omit<Script, "files"> = {}) =>
  lab.run({ files: { "run.py": source }, ...options });
const node = (source: string) =>
  lab.run({ files: { "run.mjs": source }, entry: "run.mjs", command: `${process.execPath} run.mjs` });

describe("the failure of a script that raised", () => {
  it.each([
    ["with two lines", 'raise ValueError("bad row\\nof input")', "ValueError: bad row"],
    [
      "with words said at exit",
      'import atexit\natexit.register(lambda: __import__("sys").stderr.write("bye\\n"))\nraise ValueError("bad row")',
      "ValueError: bad row",
    ],
    ["from another", 'try: 1/0\nexcept ZeroDivisionError as e: raise KeyError("k") from e', "KeyError: 'k'"],
    ["with a syntax error", "x = = 1", "SyntaxError: invalid syntax"],
    [
      "with notes",
      'import sys\nsys.excepthook = lambda *_: sys.stderr.write("Traceback (most recent call last):\\n  File\\nValueError: bad row\\nrow 17 of input.csv\\n")\nraise ValueError',
      "ValueError: bad row",
    ],
    [
      "in a group",
      'import sys\nsys.excepthook = lambda *_: sys.stderr.write("  + Exception Group Traceback (most recent call last):\\n  |   File\\n  | ExceptionGroup: two (1 sub-exception)\\n  +-+---------------- 1 ----------------\\n    | ValueError: bad row\\n    +------------------------------------\\n")\nraise ValueError',
      "ExceptionGroup: two (1 sub-exception) / ValueError: bad row",
    ],
  ])("%s names the exception", async (_, source, message) => {
    verifies("runner:end:names-the-exception");
    const { result } = await run(source);
    expect(result.error).toBe(`The script ended with exit code 1: ${message}`);
  });

  it.each([
    [
      "an error",
      'throw new Error("customer 17 has no address")',
      "exit code 1: Error: customer 17 has no address",
    ],
    ["a rejection", 'await Promise.reject(new TypeError("no"))', "exit code 1: TypeError: no"],
    ["a text", 'throw "plain"', "exit code 1: plain"],
    ["a syntax error", "const = 1", "exit code 1: SyntaxError: Unexpected token '='"],
    [
      "an await that never settles",
      "await new Promise(() => {})",
      "exit code 13: Warning: Detected unsettled top-level await",
    ],
  ])("in Node names %s", async (_, source, message) => {
    const { result } = await node(source);
    expect(result.error).toContain(`The script ended with ${message}`);
  });

  it.each([
    'raise RuntimeError("the model said: out of memory errors are common")',
    'import sys\nprint("MemoryError and ENOSPC, No space left on device", file=sys.stderr)\nsys.exit(1)',
  ])("is not called a full memory or disk for words that it uses", async (source) => {
    verifies("runner:end:blame-by-evidence");
    const { result } = await run(source);
    expect(result.error_code).toBe("execution_error");
  });
});

it("the runner has a name of its own, so that ending Python by its name does not end it", async () => {
  verifies("runner:end:survives-its-script");
  const attempt = await lab.run({
    files: { "run.sh": "cat /proc/$PPID/comm; tr '\\0' ' ' < /proc/$PPID/cmdline; echo" },
    entry: "run.sh",
    command: "exec bash run.sh",
  });
  const [comm, cmdline] = attempt.lines("stdout");
  expect(comm).toBe("floom-runner");
  expect(cmdline).toMatch(/^floom-runner .*runner\.pyz *$/);
  expect(cmdline).not.toContain("python");
});
