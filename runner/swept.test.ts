import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseJournal, RunnerLab } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

const script = (lines: string) => ({ files: { "run.sh": lines }, entry: "run.sh", command: "bash run.sh" });

it.each([
  ["its home", "rm -rf ~/* ~/.[a-z]*"],
  ["the runner's folder", "rm -rf ~/.floom"],
])("a script that deletes %s is run once, and its end is told", async (_, line) => {
  verifies("runner:end:survives-its-script");
  await lab.prepare(
    script(
      `echo begun\n${line}\nmkdir -p ~/worker\necho '{"outputs":{"a":1}}' > ~/worker/result.json\necho done`,
    ),
  );
  await lab.start().exited;
  const { result, lines } = parseJournal(lab.edge.journal.toString());
  expect(lines()).toEqual(expect.arrayContaining(["begun", "done"]));
  expect(result).toMatchObject({ outcome: "success", outputs: { a: 1 } });
});

/** A kernel's or a sandbox's /proc that may only be read. */
const renaming = `
import builtins, sys
sys.path.insert(0, ${JSON.stringify(import.meta.dirname)})
from floom_runner import own_name
written = builtins.open
def read_only(path, mode="r", *rest, **more):
    if str(path).startswith("/proc/") and mode != "rb": raise OSError(30, "Read-only file system")
    return written(path, mode, *rest, **more)
builtins.open = read_only
own_name.take_own_name("/home/user/runner.pyz")
builtins.open = written
print(open("/proc/self/comm").read().strip(), open("/proc/self/cmdline").read().strip("\\0").split("\\0"))
`;

it("the runner has its own name also where /proc may only be read", () => {
  verifies("runner:end:survives-its-script");
  const { stdout } = spawnSync("/usr/bin/python3", ["-I", "-c", renaming], { encoding: "utf8" });
  expect(stdout.trim()).toBe("floom-runner ['floom-runner', '/home/user/runner.pyz']");
});
