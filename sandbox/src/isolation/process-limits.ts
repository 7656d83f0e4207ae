import type { SandboxLimits } from "./limits.ts";

/** A resource by the kernel's number, and what `setrlimit` gives a process of it: the soft limit and the hard one. */
export type ProcessLimit = readonly [resource: number, soft: number, hard: number];

/**
 * What one process may map, as a multiple of the memory it may use. Mapped is not used: each thread's stack counts
 * against the limit with eight megabytes, each isolate of V8 with hundreds. What is used is held by the guard.
 */
const MAPPED_PER_USED = 16;
/** The soft limit of a command, by the agent; a program may raise its own to the hard one. */
const COMMAND_MAPPED_PER_USED = 4;
const LOCKED_BYTES = 65_536;
/** Descriptors of the agent: its share of every command and connection comes on top of what it has itself. */
const AGENT_OPEN_FILES = 2048;

/** The same on every architecture that sandboxes run on. */
const RESOURCE = { fsize: 1, data: 2, core: 4, nproc: 6, nofile: 7, memlock: 8 };

/**
 * What the agent takes upon itself before it does anything else, for all that it will start. By itself, and inside: there the
 * count of processes is this sandbox's own.
 */
export function agentLimits(limits: SandboxLimits): ProcessLimit[] {
  const files = Math.max(limits.open_files, AGENT_OPEN_FILES);
  const mapped = limits.memory_bytes * MAPPED_PER_USED;
  return [...sharedLimits(limits), [RESOURCE.nofile, files, files], [RESOURCE.data, mapped, mapped]];
}

/** What the agent's own limits and the agent together give to a command. */
export function commandLimits(limits: SandboxLimits): ProcessLimit[] {
  const { memory_bytes: memory, open_files: files } = limits;
  return [
    ...sharedLimits(limits),
    [RESOURCE.nofile, files, files],
    [RESOURCE.data, memory * COMMAND_MAPPED_PER_USED, memory * MAPPED_PER_USED],
  ];
}

function sharedLimits({ processes, file_bytes: size }: SandboxLimits): ProcessLimit[] {
  return [
    [RESOURCE.nproc, processes, processes],
    [RESOURCE.core, 0, 0],
    [RESOURCE.fsize, size, size],
    [RESOURCE.memlock, LOCKED_BYTES, LOCKED_BYTES],
  ];
}
