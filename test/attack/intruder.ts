import type { Sandbox } from "e2b";
import type { SandboxServerOptions } from "../support/sandbox-server.ts";

/** Every attack is made on a server of each kind: root, where the tests may, and an ordinary user. */
export const serverUsers: [string, SandboxServerOptions][] =
  process.getuid?.() === 0
    ? [
        ["root", {}],
        ["an ordinary user", { uid: 54_321 }],
      ]
    : [["an ordinary user", {}]];

/** Python that intruder programs start with: raw system calls and a table of their numbers. */
const prelude = `
import ctypes, errno, json, os, platform, socket, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
ARCH = 1 if platform.machine() == "aarch64" else 0
def call(numbers, *args):
    """The name of the error a system call fails with, or "ok"."""
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(numbers[ARCH]), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    return "ok" if result >= 0 else errno.errorcode[ctypes.get_errno()]
def attempt(work):
    """The name of the error that work raises, or "ok"."""
    try:
        work()
        return "ok"
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)
def states():
    """The state of each process, as a letter. One that ends while it is looked at is left out."""
    seen = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as file: seen.append(file.read().rsplit(") ", 1)[1][0])
        except (FileNotFoundError, ProcessLookupError): pass
    return seen
def tell(value):
    print(json.dumps(value))
`;

/** Runs a Python program of an intruder inside the sandbox; resolves to the one value it tells. */
export async function intrude(sandbox: Sandbox, program: string): Promise<unknown> {
  await sandbox.files.write("/home/user/intruder.py", `${prelude}\n${program}`);
  const { stdout } = await sandbox.commands.run("python3 /home/user/intruder.py");
  return JSON.parse(stdout);
}

/** Runs a shell command that may fail; resolves to what it printed on both streams. */
export async function shell(sandbox: Sandbox, command: string): Promise<string> {
  const { stdout, stderr } = await sandbox.commands.run(`( ${command} ) 2>&1 || true`);
  return stdout + stderr;
}
