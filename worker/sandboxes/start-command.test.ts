import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runnerProgram } from "#contract/runner/runner";
import { runnerDigest } from "./runner.gen.ts";
import { startCommandOf } from "./start-command.ts";

const digest = runnerDigest.slice(0, runnerProgram.digest_chars);

/** Says that it waits, and ends with 7 once it is told to begin. */
const WAITS = `
import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
sys.stdout.write("ready\\n")
sys.stdout.flush()
signal.sigwait({signal.SIGUSR1})
sys.exit(7)
`;

describe("the command that has a runner begin", () => {
  let root: string;
  let children: ChildProcess[];
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "start-command-"));
    children = [];
    await mkdir(join(root, "home/user/.floom"), { recursive: true });
    await mkdir(join(root, "opt/agent/start", digest), { recursive: true });
    await writeFile(join(root, "opt/agent/start", digest, "__main__.py"), WAITS);
  });
  afterEach(async () => {
    for (const child of children) child.kill("SIGKILL");
    await rm(root, { recursive: true, force: true });
  });

  /** In a group of its own. */
  async function start(...args: string[]): Promise<ChildProcess> {
    const child = spawn("python3", args, { detached: true, stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    await once(child.stdout, "data");
    return child;
  }

  /** In a folder that stands for the sandbox's root; what was uploaded says that it began by ending with 9. */
  async function run(waiting: string): Promise<number> {
    await writeFile(join(root, "home/user/.floom", `waiting-${digest}`), waiting);
    await writeFile(join(root, "home/user/.floom/runner.pyz"), "import sys\nsys.exit(9)\n");
    const command = startCommandOf(1, 1)
      .replaceAll("/home/user", join(root, "home/user"))
      .replaceAll("/opt/agent", join(root, "opt/agent"));
    const [code] = await once(spawn("bash", ["-c", command], { stdio: "ignore" }), "exit");
    return code as number;
  }

  it("tells the one that waits, and starts none beside it", async () => {
    const program = join(root, "opt/agent/start", digest, "__main__.py");
    const runner = await start(program, "--wait", join(root, "home/user/.floom"), digest);
    const ended = once(runner, "exit");
    expect(await run(String(runner.pid))).toBe(0);
    expect((await ended)[0]).toBe(7);
  });

  it.each([
    ["the number of one that waited", (pid: number) => String(pid)],
    ["been written down as a group", (pid: number) => `-${pid}`],
    ["a name before its number", (pid: number) => `x ${pid}`],
  ])("leaves a process alone that has %s, and starts another runner", async (_, write) => {
    await rm(join(root, "opt/agent/start", digest, "__main__.py"));
    const stranger = await start("-c", "import signal\nprint('ready', flush=True)\nsignal.pause()");
    const ended = once(stranger, "exit");
    expect(await run(write(stranger.pid ?? 0))).toBe(9);
    stranger.kill("SIGTERM");
    // One that had been told to begin would have ended by that signal.
    expect(await ended).toEqual([null, "SIGTERM"]);
  });

  it.each(["", "999999999", "$(kill $PPID)"])("takes no other word for a number: %j", async (word) => {
    await rm(join(root, "opt/agent/start", digest, "__main__.py"));
    expect(await run(word)).toBe(9);
  });
});
