import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, expect, it } from "vitest";

/** Says what is asked of the processes whose numbers it is given, a line for each line. */
const ASK = `
import sys
sys.path.insert(0, "sandbox")
from agent.proc_table import Stillness
still = Stillness()
pids = [int(word) for word in sys.argv[1:]]
for line in sys.stdin:
    word, *more = line.split()
    if word == "note":
        still.note(pids)
    print(still.lasts(pids + [int(pid) for pid in more]) if word == "ask" else "noted", flush=True)
`;
/** Runs for each line that it is sent, in its first thread or in another one. */
const STEP = `
import sys, threading
print("ready", flush=True)
wake = threading.Semaphore(0)
def other():
    while True:
        wake.acquire()
        print("done", flush=True)
if sys.argv[1] == "threads":
    threading.Thread(target=other, daemon=True).start()
    print("begun", flush=True)
for line in sys.stdin:
    wake.release() if sys.argv[1] == "threads" else print("done", flush=True)
`;

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

function start(code: string, ...words: string[]) {
  const child = spawn("python3", ["-c", code, ...words], { stdio: ["pipe", "pipe", "inherit"] });
  started.push(child);
  const lines = createInterface({ input: child.stdout });
  const next = async () => String((await once(lines, "line"))[0]);
  const say = async (line: string) => {
    const answer = next();
    child.stdin.write(`${line}\n`);
    return answer;
  };
  return { pid: child.pid ?? 0, next, say };
}

/** Has the processes noted that are to be still: one may yet be on its way to its wait. */
async function noteStill({ say }: ReturnType<typeof start>): Promise<void> {
  await expect
    .poll(async () => {
      await say("note");
      return say("ask");
    })
    .toBe("True");
}

it("a process that has not run is still, one that has run since is not, and neither is one more", async () => {
  const one = start(STEP, "one");
  await one.next();
  const other = start("import time; print('up', flush=True); time.sleep(600)");
  await other.next();
  const guard = start(ASK, String(one.pid));
  await noteStill(guard);
  expect(await guard.say(`ask ${other.pid}`)).toBe("False");
  await one.say("go");
  await expect.poll(() => guard.say("ask")).toBe("False");
});

it("all is looked at again after some looks, though nothing has run", async () => {
  const one = start(STEP, "one");
  await one.next();
  const guard = start(ASK, String(one.pid));
  await noteStill(guard);
  const answers: string[] = [];
  for (let look = 0; look < 10; look++) answers.push(await guard.say("ask"));
  expect(answers.at(-1)).toBe("False");
});

it("of a process with threads nobody says that it is still", async () => {
  const many = start(STEP, "threads");
  await many.next();
  const guard = start(ASK, String(many.pid));
  await guard.say("note");
  await expect
    .poll(async () => {
      await guard.say("note");
      return guard.say("ask");
    })
    .toBe("False");
});
