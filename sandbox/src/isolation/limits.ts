import fs from "node:fs";

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
  const memoryMb = Number(env["FLOOM_SANDBOX_MEMORY_MB"] ?? DEFAULT_MEMORY_MB);
  if (!Number.isInteger(memoryMb) || memoryMb < SMALLEST_MEMORY_MB || memoryMb > LARGEST_MEMORY_MB) {
    throw new Error(
      `FLOOM_SANDBOX_MEMORY_MB must be a whole number from ${SMALLEST_MEMORY_MB} to ${LARGEST_MEMORY_MB}, ` +
        `not ${JSON.stringify(env["FLOOM_SANDBOX_MEMORY_MB"])}`,
    );
  }
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
