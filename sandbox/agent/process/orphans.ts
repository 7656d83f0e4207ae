import type { ChildProcess } from "node:child_process";

const REAPER_PATH = "/opt/agent/reaper.node";
const FIRST_PROCESS = 1;
const P_ALL = 0;
const P_PID = 1;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x01000000;
const WALL = 0x40000000;

/** `waitid(2)`: the pid of a child that has ended, 0 when none has, minus the error number when it fails. */
type Waitid = (idType: number, id: number, options: number) => number;

/** What Node started and waits for itself: to take one of these away would leave its command without an end. */
const ownChildren = new Set<number>();
let waitid: Waitid | undefined;

/** Tells the reaper to leave a child to Node. Call it in the same turn in which the child was started. */
export function adopt(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  ownChildren.add(pid);
  child.once("exit", () => {
    ownChildren.delete(pid);
    reapOrphans();
  });
}

/**
 * As process 1 the agent inherits every process whose parent ended, and must wait for it, or the dead fill the
 * process table. Throws when the host gave it nothing to wait with. Does nothing under any other pid.
 */
export function startReaping(): void {
  if (process.pid !== FIRST_PROCESS) return;
  const loaded: { exports: unknown } = { exports: {} };
  process.dlopen(loaded, REAPER_PATH);
  waitid = loaded.exports as Waitid;
  process.on("SIGCHLD", reapOrphans);
}

/** Looks before it takes: the next one dead may be Node's, and then the rest waits until Node has taken it. */
function reapOrphans(): void {
  if (waitid === undefined) return;
  for (;;) {
    const pid = waitid(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT | WALL);
    if (pid <= 0 || ownChildren.has(pid)) return;
    waitid(P_PID, pid, WEXITED | WNOHANG | WALL);
  }
}
