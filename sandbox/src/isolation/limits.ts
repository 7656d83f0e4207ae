import fs from "node:fs";
import { z } from "zod";

const MIB = 1024 * 1024;
const USUAL_SOCKET_BYTES = 212_992;

/** What one sandbox may use. Sizes in bytes. */
export interface SandboxLimits {
  memory_bytes: number;
  processes: number;
  open_files: number;
  file_bytes: number;
  /** Everything that may be written but shared memory: `/`, `/home`, `/tmp` and `/var` are one file system. */
  disk_bytes: number;
  shm_bytes: number;
  inodes: number;
  /** What the kernel lets one socket send or receive. */
  socket_bytes: number;
  cpu_count: number;
  max_stdout_journal_bytes: number;
}

/** How large a sandbox is that has another size than the others: memory in MiB, and processors. */
export const sandboxSizeSchema = z.object({
  memory_mb: z.int().exactOptional(),
  cpu_count: z.int().exactOptional(),
});
export type SandboxSize = z.infer<typeof sandboxSizeSchema>;

const DEFAULT_MEMORY_MB = 512;
const SMALLEST_MEMORY_MB = 128;
const LARGEST_MEMORY_MB = 65_536;

/**
 * The limits of every sandbox of this server. `FLOOM_SANDBOX_MEMORY_MB` sets the memory in MiB.
 * Throws when it is not a whole number between 128 and 65536.
 */
export function readLimits(
  env: Readonly<Record<string, string | undefined>>,
  cpuCount: number,
): SandboxLimits {
  const memoryMb = readMegabytes(env, "FLOOM_SANDBOX_MEMORY_MB") ?? DEFAULT_MEMORY_MB;
  return {
    memory_bytes: memoryMb * MIB,
    processes: 256,
    open_files: 1024,
    file_bytes: 1024 * MIB,
    disk_bytes: 1280 * MIB,
    shm_bytes: 64 * MIB,
    inodes: 200_000,
    socket_bytes: readSocketBytes(),
    cpu_count: Math.min(2, cpuCount),
    max_stdout_journal_bytes: 8 * MIB,
  };
}

/** Null where it is not set. Throws for what is no size of memory. */
function readMegabytes(env: Readonly<Record<string, string | undefined>>, name: string): number | null {
  const text = env[name];
  if (text === undefined) return null;
  const megabytes = Number(text);
  if (!Number.isInteger(megabytes) || megabytes < SMALLEST_MEMORY_MB || megabytes > LARGEST_MEMORY_MB) {
    const range = `from ${SMALLEST_MEMORY_MB} to ${LARGEST_MEMORY_MB}`;
    throw new Error(`${name} must be a whole number ${range}, not ${JSON.stringify(text)}`);
  }
  return megabytes;
}

/**
 * The most that a template may give a sandbox here: `FLOOM_SANDBOX_MAX_MEMORY_MB`, else half of the machine's memory, and all
 * of its processors. Throws as readLimits does.
 */
export function readLargestSize(
  env: Readonly<Record<string, string | undefined>>,
  machine: { memoryBytes: number; cpuCount: number },
): Required<SandboxSize> {
  const half = Math.max(SMALLEST_MEMORY_MB, Math.floor(machine.memoryBytes / 2 / MIB));
  return {
    memory_mb: readMegabytes(env, "FLOOM_SANDBOX_MAX_MEMORY_MB") ?? half,
    cpu_count: machine.cpuCount,
  };
}

/** Why no sandbox of this size is made here; null for one that is. Pure. */
export function whyTooLarge(size: SandboxSize, largest: Required<SandboxSize>): string | null {
  if ((size.memory_mb ?? 0) > largest.memory_mb) {
    const most = `this server gives a sandbox at most ${largest.memory_mb} MiB of memory`;
    return `${most}, not ${size.memory_mb} (FLOOM_SANDBOX_MAX_MEMORY_MB)`;
  }
  return (size.cpu_count ?? 0) > largest.cpu_count
    ? `this machine has ${largest.cpu_count} processors, not ${size.cpu_count}`
    : null;
}

/** The limits of a sandbox of this size; what the size does not say is as for all. Pure. */
export function sizedLimits(limits: SandboxLimits, size: SandboxSize | undefined): SandboxLimits {
  const { memory_mb: memory, cpu_count = limits.cpu_count } = size ?? {};
  return { ...limits, memory_bytes: memory === undefined ? limits.memory_bytes : memory * MIB, cpu_count };
}

/** The machine's own setting: a sandbox's network has no other, and its own view of it does not show it. */
function readSocketBytes(): number {
  const read = (name: string): number => {
    try {
      return Number(fs.readFileSync(`/proc/sys/net/core/${name}`, "utf8"));
    } catch {
      return 0;
    }
  };
  return Math.max(USUAL_SOCKET_BYTES, read("wmem_default"), read("rmem_default"));
}
