import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

const greeting = { name: "greeting", required: true };

describe("the floom module", () => {
  it("logs with a level, in order with what is printed before and after", async () => {
    verifies("runner:module:log");
    const attempt = await run(`
import sys, floom
for n in range(100):
    print("out", n)
    floom.log(f"event {n}", level="error" if n % 2 else "debug")
    print("err", n, file=sys.stderr)
    floom.log(f"event {n} again")`);
    const expected = Array.from({ length: 100 }, (_, n) => [
      `out ${n}`,
      `event ${n}`,
      `err ${n}`,
      `event ${n} again`,
    ]);
    expect(attempt.lines()).toEqual(expected.flat());
    const levels = attempt.entries.flatMap((entry) => (entry.type === "log" ? [entry.level] : []));
    expect(new Set(levels)).toEqual(new Set(["info", "debug", "warning", "error"]));
  });

  it("reports progress, of a tight loop only the latest, and always the last", async () => {
    verifies("runner:module:progress");
    const attempt = await run(`
import floom
floom.progress(0, "starting")
for n in range(2000): floom.progress(n / 20)
floom.progress(message="almost")
floom.progress(100, "all done")`);
    const progress = attempt.entries.flatMap((entry) =>
      entry.type === "progress" ? [{ percent: entry.percent, message: entry.message }] : [],
    );
    expect(progress[0]).toEqual({ percent: 0, message: "starting" });
    expect(progress.at(-1)).toEqual({ percent: 100, message: "all done" });
    expect(progress.length).toBeLessThan(50);
  });

  it("keeps artifacts, and refuses at once what is no file of the work directory", async () => {
    verifies("runner:module:artifact");
    const attempt = await run(
      `
import os, floom
os.chdir("out"); open("a.csv", "w").write("1"); floom.artifact("a.csv", name="Table"); os.chdir("..")
for path in ("missing.txt", "/etc/passwd"):
    try: floom.artifact(path)
    except ValueError as error: print(error)`,
      { config: { output_files: [{ name: "x", path: "out/x", media_type: "text/plain", required: false }] } },
    );
    expect(attempt.lines()).toEqual([
      "the artifact missing.txt was not written",
      "the artifact /etc/passwd lies outside the work directory",
    ]);
    expect(attempt.entries).toContainEqual(
      expect.objectContaining({ kind: "artifact", name: "Table", path: "out/a.csv", media_type: "text/csv" }),
    );
  });

  it("gives inputs, secrets and facts about the run", async () => {
    verifies("runner:module:facts");
    const { result } = await run(
      `
import json, floom
try: floom.secret("OTHER")
except floom.MissingSecret as error: message = str(error)
json.dump({"outputs": {
    "name": floom.inputs()["name"], "length": len(floom.secret("KEY")), "fallback": floom.secret("OTHER", "none"),
    "message": message, "run": floom.context.run_id, "attempt": floom.context["attempt"],
}}, open("result.json", "w"))`,
      { config: { inputs: { name: "Ada" }, secrets: { KEY: "123456789" } } },
    );
    expect(result.outputs).toEqual({
      name: "Ada",
      length: 9,
      fallback: "none",
      message: "the secret OTHER is not set; declare it under exec.secrets in worker.yml and set its value",
      run: "run_test",
      attempt: 1,
    });
  });

  it("works from threads and from processes that the script forks", async () => {
    const attempt = await run(`
import os, threading, floom
threads = [threading.Thread(target=floom.log, args=(f"thread {n}",)) for n in range(8)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
floom.log("parent")
if os.fork() == 0:
    floom.log("child"); os._exit(0)
os.wait()
floom.log("parent again")`);
    expect(attempt.lines().sort()).toEqual(
      [...Array.from({ length: 8 }, (_, n) => `thread ${n}`), "parent", "child", "parent again"].sort(),
    );
  });

  it("prints on a laptop, where nobody listens, so that scripts run there too", async () => {
    verifies("runner:module:laptop");
    const folder = await mkdtemp(join(tmpdir(), "floom-laptop-"));
    await writeFile(join(folder, "inputs.json"), '{"name":"Ada"}');
    await writeFile(join(folder, "a.txt"), "a");
    await writeFile(
      join(folder, "run.py"),
      'import floom\nprint(floom.inputs()["name"], floom.secret("KEY"), floom.context.run_id)\nfloom.log("hm")\nfloom.progress(50, "half")\nfloom.artifact("a.txt")\n',
    );
    const answer = spawnSync("/usr/bin/python3", ["run.py"], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PYTHONPATH: import.meta.dirname, KEY: "k", PYTHONDONTWRITEBYTECODE: "1" },
    });
    await rm(folder, { recursive: true });
    expect(answer.stdout).toBe("Ada k local\ninfo: hm\nprogress: 50 % half\nartifact: a.txt\n");
    expect(answer.stderr).toBe("");
  });
});

describe("def run(inputs, context)", () => {
  it("is called when the file does nothing else, and its dict becomes the outputs", async () => {
    verifies("runner:call:run-function");
    const attempt = await run(
      `
"""A greeting."""
import logging
from dataclasses import dataclass
logging.basicConfig(level=logging.INFO)
PREFIX = "Hello, "
def helper(name): return PREFIX + name
def run(inputs, context):
    context.log("called in " + context.run_id)
    return {"greeting": helper(inputs["name"])}
`,
      { config: { inputs: { name: "Ada" }, output_scalars: [greeting] } },
    );
    expect(attempt.lines()).toEqual(["called in run_test"]);
    expect(attempt.result).toMatchObject({ outcome: "success", outputs: { greeting: "Hello, Ada" } });
  });

  it.each([
    ["a single value, for the one declared output", "def run(inputs): return 42", { greeting: 42 }],
    [
      "a whole result",
      "def run(inputs, context): return {'status': 'success', 'outputs': {'greeting': 1}}",
      { greeting: 1 },
    ],
    ["from a coroutine", "async def run(inputs, context): return {'greeting': 'hi'}", { greeting: "hi" }],
    ["with no parameters", "def run(): return {'greeting': 'hi'}", { greeting: "hi" }],
    [
      "values that JSON has no word for",
      "import datetime, decimal, pathlib\ndef run(inputs): return {'greeting': [datetime.date(2026, 1, 2), decimal.Decimal('1.5'), pathlib.Path('a'), {1}, (2,)]}",
      { greeting: ["2026-01-02", "1.5", "a", [1], [2]] },
    ],
  ])("may return %s", async (_, source, outputs) => {
    const { result } = await run(source, { config: { output_scalars: [greeting] } });
    expect(result.error).toBeNull();
    expect(result.outputs).toEqual(outputs);
  });

  it.each([
    ["one place", "def run(inputs, *, more=None): return {'greeting': more}", null],
    ["any number", "def run(*all): return {'greeting': len(all)}", 2],
    ["more than there is", "def run(inputs, context, more=3, /): return {'greeting': more}", 3],
    [
      "what it wraps",
      "import functools\ndef inner(inputs): pass\n@functools.wraps(inner)\ndef run(*all): return {'greeting': len(all)}",
      1,
    ],
  ])("is given its arguments by place: %s", async (_, source, answer) => {
    const { result } = await run(source, { config: { output_scalars: [greeting] } });
    expect(result.error).toBeNull();
    expect(result.outputs).toEqual({ greeting: answer });
  });

  it("is called though the worker has modules by the names of the standard library's", async () => {
    const source = `
import dis, functools, inspect
def inner(inputs):
    pass
@functools.wraps(inner)
def run(*all):
    return {"greeting": dis.OWN + inspect.OWN}`;
    const own = { "inspect.py": "OWN = 1", "dis.py": "OWN = 2" };
    const attempt = await lab.run({
      files: { "run.py": source, ...own },
      config: { output_scalars: [greeting] },
    });
    expect(attempt.result).toMatchObject({ error: null, outputs: { greeting: 3 } });
  });

  it("loads nothing slow for a function that needs none of it", async () => {
    const source = `
import sys
def run(inputs, context):
    context.log("told")
    return {"greeting": [name for name in ("inspect", "dis", "socket", "asyncio") if name in sys.modules]}`;
    for (const brought of [false, true]) {
      const { result } = await run(source, { config: { output_scalars: [greeting] }, brought });
      expect(result.outputs).toEqual({ greeting: [] });
      await lab.close();
      lab = await RunnerLab.open();
    }
  });

  it("may return nothing, or write result.json itself", async () => {
    const nothing = await run("def run(inputs, context): print('x')");
    expect(nothing.result).toMatchObject({ outcome: "success", outputs: {} });
    await lab.close();
    lab = await RunnerLab.open();
    const own = await run(
      "def run(inputs, context): open('result.json', 'w').write('{\"outputs\":{\"a\":1}}')",
    );
    expect(own.result.outputs).toEqual({ a: 1 });
  });

  it("that raises ends the run with the author's own traceback", async () => {
    verifies("runner:call:traceback");
    const { result } = await run("def run(inputs, context):\n    return inputs['missing']\n");
    expect(result).toMatchObject({ error_code: "execution_error", exit_code: 1 });
    expect(result.error).toBe("The script ended with exit code 1: KeyError: 'missing'");
    expect(result.error_raw).toContain('run.py", line 2, in run');
    expect(result.error_raw).not.toContain("_call.py");
  });

  it("that returns what cannot be an output says so", async () => {
    const { result } = await run("def run(inputs, context): return [1, 2]", {
      config: { output_scalars: [greeting, { name: "other", required: false }] },
    });
    expect(result.error).toContain("return a dict with the outputs greeting, other");
  });

  it.each([
    ["has a main block", "def run(inputs, context): return 1\nif __name__ == '__main__':\n    print('main')"],
    ["calls a function of its own", "def run(inputs, context): return 1\ndef main(): print('main')\nmain()"],
    ["starts itself through a library", "import asyncio\nasync def run(): print('main')\nasyncio.run(run())"],
    ["uses run for something else", "def run(command): return command\nx = run('ls')\nprint('main')"],
    [
      "has a helper of that name",
      "def run(command): return command\nimport sys\nsys.stdout.write('main\\n')",
    ],
    ["needs more than inputs and context", "def run(a, b, c): pass\nimport sys\nsys.stdout.write('main\\n')"],
    [
      "loops at its top level",
      "def run(inputs, context): raise ValueError\nfor n in range(1): print('main')",
    ],
  ])("is left alone when the file %s", async (_, source) => {
    verifies("runner:call:only-when-idle");
    const attempt = await run(source);
    expect(attempt.lines("stdout")).toEqual(["main"]);
    expect(attempt.result.outcome).toBe("success");
  });

  it("is left alone when the manifest has a command of its own", async () => {
    const attempt = await run("def run(inputs, context): print('called')", {
      command: "python run.py; echo shell",
    });
    expect(attempt.lines()).toEqual(["shell"]);
  });
});

it("a message that cannot be taken is answered with the reason, and ends nothing", async () => {
  const code = `
import json, os, socket

def deep(levels):
    return "[" * levels + "1" + "]" * levels

MESSAGES = [
    deep(100_000),
    '{"type": "log", "level": "info", "text": ' + deep(900) + "}",
    '{"type": "partial", "count": 1, "pieces": [' + deep(600) + "]}",
    json.dumps({"type": "artifact", "path": "a" + chr(0)}),
    json.dumps({"type": "artifact", "path": chr(0xD800)}),
    json.dumps({"type": "progress", "percent": None, "message": chr(0xD800)}),
]
channel = socket.socket(socket.AF_UNIX)
channel.connect(os.environ["FLOOM_EVENTS"])
answers = channel.makefile()
for message in MESSAGES:
    channel.sendall(message.encode() + b"\\n")
    answers.readline()
print("done")
`;
  const { result, lines } = await lab.run({ files: { "run.py": code } });
  expect(result).toMatchObject({ outcome: "success", exit_code: 0 });
  expect(lines("stdout")).toContain("done");
});
