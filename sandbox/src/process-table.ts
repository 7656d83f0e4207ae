import fs from "node:fs";
import { z } from "zod";

/** A process, told apart from a later one with the same number by its start time (clock ticks since boot). */
export const processIdentitySchema = z.object({ pid: z.number(), start_ticks: z.number() });
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** `rssPages`: memory in use, file pages included. */
interface StatLine {
  state: string;
  parent: number;
  threads: number;
  startTicks: number;
  rssPages: number;
}

/** Parses `/proc/<pid>/stat`. The command name may hold spaces and brackets, so fields count from its last `)`. */
export function parseStatLine(text: string): StatLine | undefined {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  const [parent = NaN, threads = NaN, startTicks = NaN, rssPages = NaN] = [1, 17, 19, 21].map((at) =>
    Number(fields[at]),
  );
  if (state === undefined || !Number.isInteger(parent) || !Number.isInteger(startTicks)) return undefined;
  return { state, parent, threads, startTicks, rssPages };
}

function readStat(pid: number): StatLine | undefined {
  try {
    return parseStatLine(fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

/** A process whose first thread has ended looks like a dead one, and lives on in its other threads. */
function hasEnded({ state, threads }: StatLine): boolean {
  return state === "X" || (state === "Z" && !(threads > 1));
}

/** The identity of a live process; undefined when there is none, or only its unreaped remains. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  if (stat === undefined || hasEnded(stat)) return undefined;
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

const END_POLL_MS = 5;
const END_WAIT_MS = 5_000;

/** Asks the process table until `isGone` says so; false when that has not come true after five seconds. */
export async function waitUntilGone(isGone: () => boolean): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < END_WAIT_MS; waitedMs += END_POLL_MS) {
    if (isGone()) return true;
    await new Promise((resolve) => setTimeout(resolve, END_POLL_MS));
  }
  return isGone();
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

/** The processes that `parent` has started, or that have become its own. */
export function listChildren(parent: number): number[] {
  return listPids().filter((pid) => readStat(pid)?.parent === parent);
}

/** Who is told to stop does so when it next has a processor, which on a busy machine is later. */
const STOP_WAIT_MS = 10_000;
const STOP_POLL_MS = 2;

/**
 * Stops every process of the tree. Repeats until a whole look finds all of them at a stand, since a process may fork
 * while the look goes on. One that was told, and waits in the kernel, does nothing more before it stops: it may wait for a
 * child that stands still itself, as after a vfork. Resolves to false when the tree is gone, or will not stand still.
 */
export async function stopTree(root: ProcessIdentity): Promise<boolean> {
  const told = new Set<number>();
  const until = performance.now() + STOP_WAIT_MS;
  while (isAlive(root)) {
    const moving = listTree(root.pid).filter(
      ({ pid, state }) => !["T", "t", "Z", "X"].includes(state) && !(state === "D" && told.has(pid)),
    );
    if (moving.length === 0) return true;
    if (performance.now() > until) return false;
    for (const { pid } of moving) {
      trySignal(pid, "SIGSTOP");
      told.add(pid);
    }
    await new Promise((resolve) => setTimeout(resolve, STOP_POLL_MS));
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

/** Kills every process below `root`, itself included. One that forks meanwhile is found by looking again. */
export function killTree(root: ProcessIdentity): void {
  if (!isAlive(root)) return;
  for (const { pid } of listTree(root.pid)) trySignal(pid, "SIGKILL");
}

/** What the processes below each of several roots use together. */
export interface TreeUsage {
  pids: number[];
  rssBytes: number;
}

/** Reads the whole process table once and adds up what is below each root, itself included. */
export function measureTrees(roots: readonly number[]): Map<number, TreeUsage> {
  const stats = new Map(listPids().map((pid) => [pid, readStat(pid)]));
  const usage = new Map(roots.map((root): [number, TreeUsage] => [root, { pids: [], rssBytes: 0 }]));
  for (const [pid, stat] of stats) {
    let at: number | undefined = pid;
    while (at !== undefined && at > 0 && !usage.has(at)) at = stats.get(at)?.parent;
    const tree = at === undefined ? undefined : usage.get(at);
    if (tree === undefined || stat === undefined) continue;
    tree.pids.push(pid);
    tree.rssBytes += stat.rssPages * PAGE_BYTES;
  }
  return usage;
}

const PAGE_BYTES = 4096;

/** The variable of the environment by which the inside of a sandbox is found when nothing else is known of it. */
export const nameVariable = "SANDBOX_NAME";

/** Processes of `uid` that bear a sandbox's name: as their first argument, or in the environment they began with. */
export function findByName(name: string, uid: number): ProcessIdentity[] {
  return listPids().flatMap((pid) => {
    if (!bearsName(pid, name, uid)) return [];
    const identity = identifyProcess(pid);
    return identity === undefined ? [] : [identity];
  });
}

function bearsName(pid: number, name: string, uid: number): boolean {
  try {
    if (fs.statSync(`/proc/${pid}`).uid !== uid) return false;
    if (fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0] === name) return true;
    return fs.readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`${nameVariable}=${name}`);
  } catch {
    // It ended meanwhile, or is somebody else's.
    return false;
  }
}
