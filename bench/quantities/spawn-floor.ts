import { spawn } from "node:child_process";
import { once } from "node:events";
import { HELLO_DIR } from "../harness/bench-floom.ts";

const BWRAP = "/usr/bin/bwrap";
/** The real interpreter: a version manager's shim costs several times as much. */
const PYTHON = "/usr/bin/python3";

/** A Python that starts and ends: what no script's start can undercut. */
export async function spawnPython(): Promise<void> {
  await run(PYTHON, ["-I", "-c", "pass"]);
}

/** The example's function, called in a Python of its own with nothing around it. `inputs` as the function takes them. */
export async function spawnHello(inputs: object): Promise<void> {
  const call = "import json, sys, run; print(json.dumps(run.run(json.loads(sys.argv[1]), None)))";
  await run(PYTHON, ["-B", "-c", call, JSON.stringify(inputs)], HELLO_DIR);
}

/** A Node in namespaces of its own, that starts and ends: what a sandbox could cost in which each command is a Node. */
export async function spawnBareSandbox(): Promise<void> {
  const root = ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"];
  // The checkout, and Node with it, may itself lie below /tmp.
  const view = [...root, "--ro-bind", process.execPath, process.execPath];
  await run(BWRAP, ["--unshare-all", ...view, process.execPath, "-e", "0"]);
}

async function run(program: string, args: string[], cwd?: string): Promise<void> {
  const child = spawn(program, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  const ended: unknown[] = await once(child, "exit");
  const [code] = ended;
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}.`);
}
