import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import { Readable, Writable } from "node:stream";
import { buildBwrapArgs } from "./bwrap-args.ts";
import type { SandboxSources } from "./bwrap-args.ts";
import type { SandboxLimits } from "./limits.ts";

export interface SpawnOptions {
  /** First argument of the bubblewrap processes, by which an orphan can be found again. */
  name: string;
  sources: SandboxSources & { seccompFile: string; userNamespace: number | null };
  egressDir: string;
  bootIdFile: string;
  /** What its agent reads at start in the place of what all agents read; null for that. */
  configFile: string | null;
  limits: SandboxLimits;
  /** Host uid to run under; null for the server's own. */
  uid: number | null;
  /** Listening socket the agent inherits as fd 3; null for commands that serve nothing. */
  listenFd: number | null;
  /** What the agent reads from its own descriptor and no command line, environment or file tells. */
  secret?: string;
  command: readonly string[];
  /** Runs after the process exists and before it can start anything: the place to put it into a cgroup. */
  onSpawned?: (pid: number) => void;
}

export interface BwrapProcess {
  child: ChildProcess;
  status: Readable;
  errors: Readable;
}

const STATUS_FD = 4;
const ARGS_FD = 5;
const SECCOMP_FD = 6;
/** The agent knows it by the same number. */
const SECRET_FD = 7;
const LAST_OWN_FD = 7;
const USER_NAMESPACE_FD = 8;

/**
 * Mounts the sandbox's own file systems, closes every descriptor that the server itself inherited, so that none
 * reaches user code, makes the sandbox the kernel's first choice when memory runs out, and gives bubblewrap a neutral
 * name.
 */
const launcher = `
table=$1; shift
[ -z "$table" ] || mount -a -T "$table" || exit 1
for fd in /proc/self/fd/*; do fd=\${fd##*/}; [ "$fd" -gt ${LAST_OWN_FD} ] && eval "exec $fd>&-"; done
echo 500 > /proc/self/oom_score_adj
name=$1; shift
exec -a "$name" bwrap --args ${ARGS_FD} "$@"
`;

function requirePipe<T>(kind: abstract new (...args: never[]) => T, stream: unknown): T {
  if (!(stream instanceof kind)) throw new Error("a launch pipe is missing");
  return stream;
}

/**
 * Starts bubblewrap. Its options travel over a pipe, not the command line, which sandboxes can read. The
 * agent's standard streams are /dev/null and a pipe: never a file of the host that user code could reopen.
 */
export function spawnBwrap(options: SpawnOptions): BwrapProcess {
  const seccomp = fs.openSync(options.sources.seccompFile, "r");
  try {
    const [program, args] = commandLine(options);
    const listen = options.listenFd ?? "ignore";
    const namespace = options.sources.userNamespace ?? "ignore";
    const child = spawn(program, args, {
      cwd: "/",
      env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
      detached: true,
      stdio: ["ignore", "ignore", "pipe", listen, "pipe", "pipe", seccomp, "pipe", namespace],
      ...(options.uid === null ? {} : { uid: options.uid, gid: options.uid }),
    });
    if (child.pid !== undefined) options.onSpawned?.(child.pid);
    const streams: readonly unknown[] = child.stdio;
    const bwrapArgs = buildBwrapArgs({
      ...options,
      seccompFd: SECCOMP_FD,
      statusFd: STATUS_FD,
    });
    tell(streams[SECRET_FD], options.secret ?? "");
    tell(streams[ARGS_FD], bwrapArgs.join("\0") + "\0");
    return {
      child,
      status: requirePipe(Readable, streams[STATUS_FD]),
      errors: requirePipe(Readable, child.stderr),
    };
  } finally {
    fs.closeSync(seccomp);
  }
}

/** Says all there is to say over a pipe. Whoever should read it may have ended already. */
function tell(stream: unknown, text: string): void {
  const pipe = requirePipe(Writable, stream);
  pipe.on("error", () => undefined);
  pipe.end(text);
}

/**
 * Mounting needs rights that nobody has here: the launcher gets them in a user namespace of its own, in which it is root
 * and over nothing but its own mounts. Bubblewrap makes another one inside and gives all of them up.
 */
const IN_OWN_NAMESPACE = ["/usr/bin/unshare", "--user", "--map-root-user", "--mount", "--"];
/** The same in a user namespace that is there already: one for all sandboxes, so that something above them may join each. */
const IN_SHARED_NAMESPACE = [
  ["/usr/bin/nsenter", "--preserve-credentials", `--user=/proc/self/fd/${USER_NAMESPACE_FD}`, "--"],
  ["/usr/bin/unshare", "--mount", "--"],
].flat();

function commandLine({ sources, name, command }: SpawnOptions): [program: string, args: string[]] {
  const own = sources.ownFiles;
  const bash = "/bin/bash";
  const args = ["--norc", "--noprofile", "-c", launcher, "launcher", own?.table ?? "", name, "--"];
  args.push(...command);
  if (own === null) return [bash, args];
  const [program = bash, ...before] = sources.userNamespace === null ? IN_OWN_NAMESPACE : IN_SHARED_NAMESPACE;
  return [program, [...before, bash, ...args]];
}
