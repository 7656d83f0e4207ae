import fs from "node:fs";

/** A process, told apart from a later one with the same number by its start time (clock ticks since boot). */
export type ProcessIdentity = { pid: number; start_ticks: number };

type StatLine = { state: string; parent: number; startTicks: number };

/** Parses `/proc/<pid>/stat`. The command name may hold spaces and brackets, so fields count from its last `)`. */
export function parseStatLine(text: string): StatLine | undefined {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, parent, startTicks] = [fields[0], Number(fields[1]), Number(fields[19])];
  if (state === undefined || !Number.isInteger(parent) || !Number.isInteger(startTicks)) return undefined;
  return { state, parent, startTicks };
}

function readStat(pid: number): StatLine | undefined {
  try {
    return parseStatLine(fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

/** The identity of a live process; undefined when there is none, or only its unreaped remains. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  if (stat === undefined || stat.state === "Z" || stat.state === "X") return undefined;
  return { pid, start_ticks: stat.startTicks };
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.start_ticks === identity.start_ticks;
}

/** Sends a signal to exactly this process; false when it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch {
    return false;
  }
}

const endPollMs = 5;
const endWaitMs = 5_000;

/** Resolves when the process is gone, or after five seconds. For processes that are not our children. */
export async function waitUntilGone(identity: ProcessIdentity): Promise<void> {
  for (let waitedMs = 0; waitedMs < endWaitMs && isAlive(identity); waitedMs += endPollMs) {
    await new Promise((resolve) => setTimeout(resolve, endPollMs));
  }
}

function listPids(): number[] {
  return fs
    .readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0);
}

/** Every process below `root`, itself first. Inside a pid namespace nothing can leave that tree. */
function listTree(root: number): { pid: number; state: string }[] {
  const stats = new Map(listPids().map((pid) => [pid, readStat(pid)]));
  const inTree = new Set([root]);
  for (let grown = true; grown;) {
    grown = false;
    for (const [pid, stat] of stats) {
      if (stat === undefined || inTree.has(pid) || !inTree.has(stat.parent)) continue;
      inTree.add(pid);
      grown = true;
    }
  }
  return [...inTree].flatMap((pid) => {
    const stat = stats.get(pid);
    return stat === undefined ? [] : [{ pid, state: stat.state }];
  });
}

const stopRounds = 50;

/**
 * Stops every process of the tree. Repeats until a whole pass finds all of them stopped, since a process may
 * fork while the pass goes on. Returns false when the tree is gone or will not stand still.
 */
export function stopTree(root: ProcessIdentity): boolean {
  for (let round = 0; round < stopRounds && isAlive(root); round += 1) {
    const moving = listTree(root.pid).filter(({ state }) => !["T", "t", "Z", "X"].includes(state));
    if (moving.length === 0) return true;
    for (const { pid } of moving) trySignal(pid, "SIGSTOP");
  }
  return false;
}

/** Lets every process of a stopped tree run again, the root last to keep the order of stopping. */
export function continueTree(root: ProcessIdentity): boolean {
  if (!isAlive(root)) return false;
  for (const { pid } of listTree(root.pid).reverse()) trySignal(pid, "SIGCONT");
  return true;
}

function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone between the look and the signal.
  }
}

/** Processes whose first argument is `name` and that belong to `uid`. */
export function findByName(name: string, uid: number): ProcessIdentity[] {
  return listPids().flatMap((pid) => {
    try {
      const argv0 = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0];
      if (argv0 !== name || fs.statSync(`/proc/${pid}`).uid !== uid) return [];
      const identity = identifyProcess(pid);
      return identity === undefined ? [] : [identity];
    } catch {
      return [];
    }
  });
}
