import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { SandboxLimits } from "./limits.ts";

const cgroupRoot = "/sys/fs/cgroup";
const agentOverheadBytes = 256 * 1024 * 1024;

/** A place in the cgroup v2 tree where this server may create groups, or null when the machine offers none. */
export type CgroupParent = string | null;

/** The value of each control file for one sandbox. Its tmpfs pages count as its memory. */
export function cgroupSettings(limits: SandboxLimits): Record<string, string> {
  const filesystems = limits.home_bytes + limits.tmp_bytes + limits.shm_bytes * 2 + limits.root_bytes;
  return {
    "memory.max": String(limits.memory_bytes + filesystems + agentOverheadBytes),
    "memory.swap.max": "0",
    "pids.max": String(limits.processes + 64),
    "cpu.max": `${limits.cpu_count * 100_000} 100000`,
  };
}

/** The path of the v2 group in the text of `/proc/self/cgroup`; undefined on a machine with v1 only. */
export function parseOwnCgroup(text: string): string | undefined {
  return /^0::(\/.*)$/m.exec(text)?.[1];
}

function candidateParents(): string[] {
  const own = parseOwnCgroup(fs.readFileSync("/proc/self/cgroup", "utf8"));
  if (own === undefined) return [];
  const nextToOwn = path.join(cgroupRoot, path.dirname(own));
  return process.getuid?.() === 0 ? [cgroupRoot, nextToOwn] : [nextToOwn];
}

function createGroup(parent: string, name: string, limits: SandboxLimits): string {
  const dir = path.join(parent, name);
  fs.mkdirSync(dir);
  try {
    for (const [file, value] of Object.entries(cgroupSettings(limits))) {
      // A kernel without swap accounting has no such file, and then nothing to limit.
      if (file === "memory.swap.max" && !fs.existsSync(path.join(dir, file))) continue;
      fs.writeFileSync(path.join(dir, file), value);
    }
    return dir;
  } catch (error) {
    fs.rmdirSync(dir);
    throw error;
  }
}

function works(parent: string, limits: SandboxLimits): boolean {
  try {
    const controllers = fs.readFileSync(path.join(parent, "cgroup.subtree_control"), "utf8").split(/\s+/);
    if (!["memory", "pids", "cpu"].every((name) => controllers.includes(name))) return false;
    fs.rmdirSync(createGroup(parent, `floom-probe-${randomBytes(4).toString("hex")}`, limits));
    return fs.statSync(path.join(parent, "cgroup.procs")).uid === process.getuid?.();
  } catch {
    return false;
  }
}

/**
 * Finds a delegated cgroup v2 parent by really creating a group in it. Null on machines without one, where
 * resource limits, sized file systems and the agent's memory guard carry the load alone.
 */
export function findCgroupParent(limits: SandboxLimits): CgroupParent {
  if (!fs.existsSync(path.join(cgroupRoot, "cgroup.controllers"))) return null;
  return candidateParents().find((parent) => works(parent, limits)) ?? null;
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

/** Removes the emptied group of a sandbox, if it has one. */
export function removeCgroup(parent: CgroupParent, sandboxId: string): void {
  if (parent === null) return;
  try {
    fs.rmdirSync(path.join(parent, groupName(sandboxId)));
  } catch {
    // Never made, or its last process is still being reaped; an empty group costs nothing.
  }
}
