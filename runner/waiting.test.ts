import { open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runBothWays, runOnce } from "../test/support/runner/both-ways.ts";
import { parseJournal, RunnerLab } from "../test/support/runner/start-runner.ts";
import type { Script } from "../test/support/runner/start-runner.ts";
import { Turns } from "../test/support/runner/turns.ts";

/** What a script can see of the Python that reads it. */
const lookAround = `
import os, signal, sys

def run(inputs, context):
    return {
        "path": sys.path,
        "argv": sys.argv,
        "original": sys.orig_argv,
        "executable": sys.executable,
        "flags": str(sys.flags),
        "environment": {name: value for name, value in os.environ.items() if name not in ("FLOOM_API_URL", "WORKEROS_API_URL")},
        "descriptors": sorted(os.listdir("/proc/self/fd")),
        "cwd": os.getcwd(),
        "leads_session": os.getsid(0) == os.getpid() == os.getpgid(0),
        "name": open("/proc/self/comm").read(),
        "command": open("/proc/self/cmdline").read().rstrip("\\0"),
        "signals": [str(signal.getsignal(number)) .split(" at ")[0] for number in signal.valid_signals()],
        "masked": [int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, [])],
        "encodings": [sys.stdout.encoding, sys.stderr.encoding, sys.stdin.encoding, sys.stdout.errors],
        "runner": [name for name in sys.modules if "floom_runner" in name or name in ("ctypes", "subprocess", "ast")],
        "main": sorted(name for name in vars(sys.modules["__main__"]) if not name.startswith("__")),
    }
`;

describe("a script in a sandbox that brought the runner along", () => {
  it("sees what it sees in a Python that is started on it", async () => {
    const secrets = { TOKEN: "x-secret-x" };
    const files = { "run.py": lookAround };
    const { started, brought } = await runBothWays({ files, config: { secrets } });
    expect(brought.result.outputs).toEqual(started.result.outputs);
    expect(brought.result.outputs?.["leads_session"]).toBe(true);
  });

  it("ends as in a Python that is started on it: files are written, what was to be done at the end is done", async () => {
    const code = `
import atexit, sys, threading, time
LEFT_OPEN = open("left.txt", "w")
LEFT_OPEN.write("written")
atexit.register(lambda: print("at exit", flush=True))

def later():
    time.sleep(0.2)
    open("thread.txt", "w").write("done")

def run(inputs, context):
    threading.Thread(target=later).start()
    print("error", file=sys.stderr)
    return {"answer": 42}
`;
    const file = (name: string) => ({ name, path: `${name}.txt`, media_type: "text/plain", required: true });
    const config = { output_files: [file("left"), file("thread")] };
    const { started, brought } = await runBothWays({ files: { "run.py": code }, config });
    expect(brought.result).toMatchObject({ outcome: "success", outputs: { answer: 42 }, exit_code: 0 });
    // Which of two pipes is read first is chance.
    for (const { lines } of [started, brought]) {
      expect(lines("stdout")).toEqual(["at exit"]);
      expect(lines("stderr")).toEqual(["error"]);
    }
  });

  it.each([
    ["an exception", "def run(inputs, context):\n    return {}['missing']\n"],
    ["an exit code", "import sys\ndef run(inputs, context):\n    sys.exit(3)\n"],
    ["a signal", "import os, signal\ndef run(inputs, context):\n    os.kill(os.getpid(), signal.SIGKILL)\n"],
    ["no Python", "def run(inputs, context:\n"],
    ["a file that starts itself", "print(__name__)\n"],
  ])("fails and succeeds alike: %s", async (_, code) => {
    const { started, brought } = await runBothWays({ files: { "run.py": code } });
    const { outcome, error_code, error, error_raw, exit_code } = started.result;
    expect(brought.result).toMatchObject({ outcome, error_code, error, error_raw, exit_code });
    expect(brought.lines()).toEqual(started.lines());
  });

  it.each(["PYTHONOPTIMIZE", "PYTHONHASHSEED", "LC_ALL"])(
    "is read by a Python of its own where a variable speaks to the interpreter: %s",
    async (name) => {
      const value = name === "LC_ALL" ? "C" : "1";
      const { started, brought } = await runBothWays({
        files: { "run.py": lookAround },
        config: { secrets: { [name]: value } },
      });
      expect(brought.result.outputs).toEqual(started.result.outputs);
    },
  );

  it.each<[string, Script]>([
    [
      "a time zone",
      {
        files: {
          "run.py": `
import datetime, time
def run(inputs, context):
    return {"zone": time.tzname, "hour": datetime.datetime.fromtimestamp(0).isoformat()}
`,
        },
        config: { secrets: { TZ: "Asia/Tokyo" } },
      },
    ],
    [
      "where libraries are looked for",
      {
        files: {
          "lib/libown.so": "no library",
          "run.py": `
import ctypes
def run(inputs, context):
    try:
        ctypes.CDLL("libown.so")
    except OSError as error:
        return {"found": str(error)}
`,
        },
        config: { secrets: { LD_LIBRARY_PATH: "lib" } },
      },
    ],
    [
      "a module path that leads from the worker's folder",
      {
        files: {
          "src/part.py": "",
          "run.py": `
import os, sys
def run(inputs, context):
    os.chdir("/")
    import part
    return {"path": sys.path}
`,
        },
        config: { secrets: { PYTHONPATH: "src" } },
      },
    ],
    [
      "what Python executes when it starts",
      {
        files: {
          "src/sitecustomize.py": "import builtins\nbuiltins.HOOK = 'hooked'\n",
          "run.py":
            "import builtins\ndef run(inputs, context):\n    return {'hook': getattr(builtins, 'HOOK', None)}\n",
        },
        config: { secrets: { PYTHONPATH: "HOME/worker/src" } },
      },
    ],
    [
      "a virtual environment on the path",
      {
        shellPrefix:
          "cd; mkdir -p venv/bin && ln -sf /usr/bin/python3 venv/bin/python && echo home=/usr/bin > venv/pyvenv.cfg;",
        files: { "run.py": "import sys\ndef run(inputs, context):\n    return {'prefix': sys.prefix}\n" },
        config: { secrets: { PATH: "HOME/venv/bin:/usr/bin:/bin" } },
      },
    ],
  ])("has what a worker may set for its Python: %s", async (_, script) => {
    const { started, brought } = await runBothWays(script);
    expect(brought.result).toMatchObject({ outcome: "success", outputs: started.result.outputs });
  });

  it("shows no calls of the runner's below those of the script", async () => {
    const code = `
import traceback
def run(inputs, context):
    return {"places": [call.filename for call in traceback.extract_stack()]}
`;
    const { brought } = await runBothWays({ files: { "run.py": code } });
    expect(JSON.stringify(brought.result.outputs)).toContain("_call.py");
    expect(JSON.stringify(brought.result.outputs)).not.toContain("floom_runner");
  });

  it("starts Pythons of its own that find what it finds", async () => {
    const code = `
import multiprocessing
import part

def run(inputs, context):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return {"answer": pool.apply(part.double, (21,))}
`;
    const files = { "run.py": code, "part.py": "import floom\ndef double(number):\n    return number * 2\n" };
    const { brought } = await runBothWays({ files });
    expect(brought.result.outputs).toEqual({ answer: 42 });
  });
});

it("a runner that waits begins when it is told to, once however often it is told", async () => {
  const lab = await RunnerLab.open();
  try {
    const code =
      "import os\ndef run(inputs, context):\n    print('ran')\n    return {'parent': os.getppid()}\n";
    await lab.prepare({ files: { "run.py": code } });
    const { pid, exited, ready } = lab.wait();
    await ready;
    expect(await readFile(join(lab.home, ".floom", "waiting-digest"), "utf8")).toBe(String(pid));
    process.kill(pid, "SIGUSR1");
    process.kill(pid, "SIGUSR1");
    await exited;
    const { result, lines } = await lab.readAttempt();
    expect(result.outputs).toEqual({ parent: pid });
    expect(lines()).toEqual(["ran"]);
    // Whoever comes now finds nobody that waits.
    await expect(readFile(join(lab.home, ".floom", "waiting-digest"))).rejects.toThrow("ENOENT");
  } finally {
    await lab.close();
  }
});

it("a runner that waits begins when a word is written to its door, and keeps neither", async () => {
  const lab = await RunnerLab.open();
  try {
    const code = "import os\ndef run(inputs, context):\n    return {'parent': os.getppid()}\n";
    await lab.prepare({ files: { "run.py": code } });
    const { pid, exited, ready } = lab.wait();
    await ready;
    const door = join(lab.home, ".floom", "go-digest");
    await writeFile(door, "go");
    await exited;
    expect((await lab.readAttempt()).result.outputs).toEqual({ parent: pid });
    for (const name of ["go-digest", "waiting-digest"])
      await expect(readFile(join(lab.home, ".floom", name))).rejects.toThrow("ENOENT");
  } finally {
    await lab.close();
  }
});

it("a word that came before the runner waited has it begin at once", async () => {
  const lab = await RunnerLab.open();
  try {
    await lab.prepare({ files: { "run.py": "def run(inputs, context):\n    return {}\n" } });
    await writeFile(join(lab.home, ".floom", "go-digest"), "go");
    await lab.wait().exited;
    expect((await lab.readAttempt()).result).toMatchObject({ outcome: "success" });
  } finally {
    await lab.close();
  }
});

it("a runner that has entered a sandbox is what was started there: it waits, begins, and shows no other command", async () => {
  const lab = await RunnerLab.open();
  try {
    const code =
      "import os, sys\ndef run(inputs, context):\n    return {'parent': os.getppid(), 'seen': sorted(sys.modules)}\n";
    await lab.prepare({ files: { "run.py": code } });
    const enter = join(lab.home, "enter.py");
    await writeFile(enter, "import os\ndef enter_sandbox():\n    os.chdir('/')\n");
    const { pid, exited, ready } = lab.wait(enter);
    await ready;
    const words = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    expect(words.slice(0, 3)).toEqual(["python3", join(lab.home, "brought", "__main__.py"), "--wait"]);
    process.kill(pid, "SIGUSR1");
    await exited;
    const entered = (await lab.readAttempt()).result;
    expect(entered.outputs).toMatchObject({ parent: pid });
    const started = await runOnce({ files: { "run.py": code }, brought: true });
    expect(entered.outputs?.["seen"]).toEqual(started.result.outputs?.["seen"]);
  } finally {
    await lab.close();
  }
});

describe("where another run may follow in the sandbox", () => {
  const code = `
import os
def run(inputs, context):
    return {"parent": os.getppid()}
`;

  it.each([
    ["a function", { "run.py": code }, undefined],
    ["a command of its own", { "run.py": "print('ran')\n" }, "python -u run.py"],
  ])(
    "a successor waits once the runner has ended, and was told no word of the run: %s",
    async (_, files, command) => {
      const lab = await RunnerLab.open();
      const secrets = { TOKEN: "x-secret-of-the-first-x" };
      try {
        await lab.prepare({ files, ...(command ? { command } : {}), config: { reuse: true, secrets } });
        const { pid, exited, ready } = lab.wait();
        await ready;
        process.kill(pid, "SIGUSR1");
        await exited;
        const { result } = await lab.readAttempt();
        expect(result).toMatchObject({ outcome: "success" });
        const waiting = join(lab.home, ".floom", "waiting-digest");
        await expect.poll(() => readFile(waiting, "utf8").catch(() => "")).toMatch(/^\d+$/);
        const heir = Number(await readFile(waiting, "utf8"));
        expect(heir).not.toBe(pid);
        const words = (await readFile(`/proc/${heir}/cmdline`, "utf8")).split("\0");
        expect(words.slice(0, 3)).toEqual(["python3", join(lab.home, "brought", "__main__.py"), "--wait"]);
        expect(await holdsInMemory(heir, "waiting-digest")).toBe(true);
        expect(await holdsInMemory(heir, secrets.TOKEN)).toBe(false);
        // Told to begin where nothing has come for another run, it finds this one begun and is gone.
        process.kill(heir, "SIGUSR1");
        await expect.poll(() => readFile(`/proc/${heir}/cmdline`, "utf8").catch(() => "gone")).toBe("gone");
      } finally {
        await lab.close();
      }
    },
  );

  it("a script has no child that it did not start", async () => {
    const wait = `
import os
def run(inputs, context):
    try:
        return {"child": os.waitpid(-1, os.WNOHANG)}
    except ChildProcessError:
        return {"child": None}
`;
    const { started, brought } = await runBothWays({ files: { "run.py": wait }, config: { reuse: true } });
    expect(brought.result.outputs).toEqual(started.result.outputs);
  });

  it("the next run begins in the newest place, finds nothing of the one before, and begins once", async () => {
    const lab = await RunnerLab.open();
    try {
      const visits = join(lab.home, "visits");
      const look = `
import os
def run(inputs, context):
    with open(${JSON.stringify(visits)}, "a") as file:
        file.write("x")
    found = sorted(os.listdir("."))
    open("left.txt", "w").write("left")
    return {"found": found, "orders": sorted(os.listdir("../.floom"))}
`;
      const turns = await Turns.begin(lab, {
        files: { "run.py": look },
        config: { secrets: { TOKEN: "x" } },
      });
      const { result } = parseJournal(await turns.take(2));
      expect(result.outputs?.["found"]).not.toContain("left.txt");
      expect(result.outputs?.["orders"]).toEqual(["attempt-1.lock", "runner.pyz", "use-2", "use-2.lock"]);
      // What was sent for it comes once more, after it was over and even its place was cleared away.
      await rm(turns.placeOf(2), { recursive: true });
      await turns.send(2);
      await turns.tell();
      expect(await readFile(visits, "utf8")).toBe("xx");
    } finally {
      await lab.close();
    }
  });

  it("without that nobody waits when the runner has ended", async () => {
    const lab = await RunnerLab.open();
    try {
      await lab.prepare({ files: { "run.py": code } });
      const { pid, exited, ready } = lab.wait();
      await ready;
      process.kill(pid, "SIGUSR1");
      await exited;
      await lab.readAttempt();
      await expect(readFile(join(lab.home, ".floom", "waiting-digest"))).rejects.toThrow("ENOENT");
    } finally {
      await lab.close();
    }
  });
});

/** Whether a process of ours has the text anywhere in what it may write to. */
async function holdsInMemory(pid: number, text: string): Promise<boolean> {
  const memory = await open(`/proc/${pid}/mem`, "r");
  try {
    for (const line of (await readFile(`/proc/${pid}/maps`, "utf8")).split("\n")) {
      const [, from, to, mode] = /^([0-9a-f]+)-([0-9a-f]+) (....)/.exec(line) ?? [];
      if (!from || !to || !mode?.startsWith("rw")) continue;
      const size = Number.parseInt(to, 16) - Number.parseInt(from, 16);
      const { buffer } = await memory.read(Buffer.alloc(size), 0, size, Number.parseInt(from, 16));
      if (buffer.includes(text)) return true;
    }
    return false;
  } finally {
    await memory.close();
  }
}
