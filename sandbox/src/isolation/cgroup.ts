import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { SandboxLimits } from "./limits.ts";

const cgroupRoot = "/sys/fs/cgroup";
const memoryRoot = `${cgroupRoot}/memory`;
const AGENT_OVERHEAD_BYTES = 256 * 1024 * 1024;
/** The leaf that a delegated group's own processes move to: a group with processes may have no controlled children. */
const ownLeaf = "floom-server";

/**
 * A directory of the cgroup tree in which this server may create groups: of version 2, or of version 1's `memory`. Null
 * when the machine offers none.
 */
export type CgroupParent = string | null;

/** Memory of one sandbox as the kernel counts it: its tmpfs pages are in it. */
function memoryBytes(limits: SandboxLimits): number {
  const filesystems = limits.disk_bytes + limits.shm_bytes;
  return limits.memory_bytes + filesystems + AGENT_OVERHEAD_BYTES;
}

/** The value of each control file of version 2 for one sandbox. */
export function cgroupSettings(limits: SandboxLimits): Record<string, string> {
  return {
    "memory.max": String(memoryBytes(limits)),
    "memory.swap.max": "0",
    "pids.max": String(limits.processes + 64),
    "cpu.max": `${limits.cpu_count * 100_000} 100000`,
  };
}

/** The value of each control file of version 1, where each controller is a tree of its own and only memory is asked for. */
export function memoryGroupSettings(limits: SandboxLimits): Record<string, string> {
  const bytes = String(memoryBytes(limits));
  return { "memory.limit_in_bytes": bytes, "memory.memsw.limit_in_bytes": bytes };
}

/** Without these a group would be no limit. The others are controllers that a machine may not have handed down. */
const required = new Set(["memory.max", "memory.limit_in_bytes"]);

/** The path of the v2 group in the text of `/proc/self/cgroup`; undefined on a machine with v1 only. */
export function parseOwnCgroup(text: string): string | undefined {
  return /^0::(\/.*)$/m.exec(text)?.[1];
}

/** The path of the group of version 1's `memory` in the same text. */
export function parseOwnMemoryGroup(text: string): string | undefined {
  return /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(text)?.[1];
}

/**
 * Directories that may be tried, the best first. A group that somebody made for this process (a container, a service
 * manager) is theirs: none is made in it without being told (`named`), unless systemd handed it over as a unit with
 * `Delegate=yes`, by which it belongs to an ordinary user.
 */
export function candidateParents(view: {
  ownCgroups: string;
  isRoot: boolean;
  named: string | undefined;
}): string[] {
  if (view.named !== undefined) return [view.named];
  const own = parseOwnCgroup(view.ownCgroups);
  const nextToOwn = own === undefined ? [] : [path.join(cgroupRoot, path.dirname(own))];
  const delegated =
    own !== undefined && !view.isRoot && own.endsWith(".scope") ? [path.join(cgroupRoot, own)] : [];
  const memory = view.isRoot && parseOwnMemoryGroup(view.ownCgroups) === "/" ? [memoryRoot] : [];
  const root = view.isRoot && own !== undefined ? [cgroupRoot] : [];
  return [...root, ...delegated, ...nextToOwn, ...memory];
}

function createGroup(parent: string, name: string, limits: SandboxLimits): string {
  const dir = path.join(parent, name);
  // A launcher that failed half-way may have made it for the same sandbox.
  fs.mkdirSync(dir, { recursive: true });
  try {
    const isVersion1 = fs.existsSync(path.join(dir, "memory.limit_in_bytes"));
    const settings = isVersion1 ? memoryGroupSettings(limits) : cgroupSettings(limits);
    for (const [file, value] of Object.entries(settings)) {
      // A kernel without swap accounting has no such file, and then nothing to limit.
      if (!required.has(file) && !fs.existsSync(path.join(dir, file))) continue;
      fs.writeFileSync(path.join(dir, file), value);
    }
    return dir;
  } catch (error) {
    fs.rmdirSync(dir);
    throw error;
  }
}

/** Moves the processes of a delegated group into a leaf and hands its controllers down to the groups beside that. */
function handDown(parent: string): void {
  const leaf = path.join(parent, ownLeaf);
  if (!fs.existsSync(leaf)) fs.mkdirSync(leaf);
  for (const pid of fs.readFileSync(path.join(parent, "cgroup.procs"), "utf8").split("\n").filter(Boolean))
    fs.writeFileSync(path.join(leaf, "cgroup.procs"), pid);

  const available = fs.readFileSync(path.join(parent, "cgroup.controllers"), "utf8").trim().split(/\s+/);
  const wanted = ["memory", "pids", "cpu"].filter((name) => available.includes(name));
  fs.writeFileSync(path.join(parent, "cgroup.subtree_control"), wanted.map((name) => `+${name}`).join(" "));
}

function isHandedDown(parent: string): boolean {
  return fs.readFileSync(path.join(parent, "cgroup.subtree_control"), "utf8").split(/\s+/).includes("memory");
}

function works(parent: string, limits: SandboxLimits): boolean {
  try {
    if (fs.statSync(path.join(parent, "cgroup.procs")).uid !== process.getuid?.()) return false;
    const isVersion1 = fs.existsSync(path.join(parent, "memory.limit_in_bytes"));
    if (!isVersion1 && !isHandedDown(parent) && parent.endsWith(".scope")) handDown(parent);
    if (!isVersion1 && !isHandedDown(parent)) return false;
    fs.rmdirSync(createGroup(parent, `floom-probe-${randomBytes(4).toString("hex")}`, limits));
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds a place for the sandboxes' groups by really creating one in it. Null on machines without one, where resource
 * limits, sized file systems, the agent's guard and the host's watch carry the load alone.
 *
 * `named` is a directory that the owner of the machine set aside (`FLOOM_SANDBOX_CGROUP`); throws when no group can be
 * made in that one, for whoever names it relies on it.
 */
export function findCgroupParent(limits: SandboxLimits, named: string | undefined): CgroupParent {
  const view = {
    ownCgroups: fs.readFileSync("/proc/self/cgroup", "utf8"),
    isRoot: process.getuid?.() === 0,
    named,
  };
  const found = candidateParents(view).find((parent) => works(parent, limits));
  if (found === undefined && named !== undefined)
    throw new Error(`FLOOM_SANDBOX_CGROUP names ${named}, where no group with a limit of memory can be made`);

  return found ?? null;
}

/** Who holds sandboxes to their memory, in a sentence for the person who starts the server. */
export function describeMemoryLimit(parent: CgroupParent): string {
  if (parent !== null) return `held by the kernel, in groups below ${parent}`;
  return (
    "held by the agent and the host, which look at what processes use; the kernel's own count needs a cgroup " +
    "(docs/explanation/sandbox.md)"
  );
}

const groupName = (sandboxId: string): string => `floom-${sandboxId}`;

/** Puts a process that has not yet started anything into a group of its own; false when that was refused. */
export function enterCgroup(
  parent: string,
  sandboxId: string,
  entrant: { pid: number; limits: SandboxLimits },
): boolean {
  try {
    const dir = createGroup(parent, groupName(sandboxId), entrant.limits);
    fs.writeFileSync(path.join(dir, "cgroup.procs"), String(entrant.pid));
    return true;
  } catch {
    return false;
  }
}

/** Puts a process that enters a sandbox into the sandbox's group, if it has one. Throws when that is refused. */
export function joinCgroup(parent: string, sandboxId: string, pid: number): void {
  const dir = path.join(parent, groupName(sandboxId));
  if (fs.existsSync(dir)) fs.writeFileSync(path.join(dir, "cgroup.procs"), String(pid));
}

/** Removes the emptied group of a sandbox, if it has one. */
export function removeCgroup(parent: CgroupParent, sandboxId: string): void {
  if (parent === null) return;
  try {
    fs.rmdirSync(path.join(parent, groupName(sandboxId)));
  } catch {
    // Never made, or its last process is still being reaped; an empty group costs nothing.
  }
}
