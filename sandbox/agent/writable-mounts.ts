import { statSync, statfsSync } from "node:fs";

const WRITABLE_PATHS = ["/", "/dev/shm"];

export interface MountUsage {
  usedBytes: number;
  totalBytes: number;
  usedInodes: number;
  freeBytes: number;
}

/** One path of every file system the sandbox can write, each a sized tmpfs. */
export function writableMounts(): string[] {
  const byDevice = new Map<number, string>();
  for (const path of WRITABLE_PATHS) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && !byDevice.has(stat.dev)) byDevice.set(stat.dev, path);
  }
  return [...byDevice.values()];
}

/** Usage of the file system that holds the path; all zero when it cannot be read. */
export function mountUsage(path: string): MountUsage {
  try {
    const { bsize, blocks, bfree, bavail, files, ffree } = statfsSync(path);
    return {
      usedBytes: (blocks - bfree) * bsize,
      totalBytes: blocks * bsize,
      usedInodes: files - ffree,
      freeBytes: bavail * bsize,
    };
  } catch {
    return { usedBytes: 0, totalBytes: 0, usedInodes: 0, freeBytes: 0 };
  }
}
