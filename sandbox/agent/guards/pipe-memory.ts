import { readdirSync, readlinkSync, statSync } from "node:fs";

/**
 * What waits in pipes belongs to no process. The kernel lets a user fill so many pipes of the usual size, and gives
 * those beyond two pages each.
 */
const FULL_SIZE_PIPES = 1_024;
const FULL_SIZE_BYTES = FULL_SIZE_PIPES * 65_536;
const BYTES_PER_PIPE_BEYOND = 8_192;
const ENDS_PER_PIPE = 2;
/** As many as programs have between them and their children; pipes of that number cost nothing. */
const FREE_DESCRIPTORS = 2 * ENDS_PER_PIPE * FULL_SIZE_PIPES;

/** Bytes that so many different pipes can hold at most; none for as many as programs need. */
export function fullPipeBytes(pipes: number): number {
  if (pipes * ENDS_PER_PIPE <= FREE_DESCRIPTORS) return 0;
  return FULL_SIZE_BYTES + (pipes - FULL_SIZE_PIPES) * BYTES_PER_PIPE_BEYOND;
}

/** The same of all processes, quickly and never too low: as if each descriptor were the end of a pipe of its own. */
export function roughPipeBytes(pids: readonly number[]): number {
  const descriptors = pids.reduce((sum, pid) => sum + countDescriptors(pid), 0);
  return fullPipeBytes(descriptors / ENDS_PER_PIPE);
}

/** The pipes and sockets that a process has open, by the names the kernel gives them (`pipe:[7]`). */
export function listChannels(pid: number): string[] {
  const dir = `/proc/${pid}/fd`;
  try {
    return readdirSync(dir).flatMap((fd) => {
      const target = readLink(`${dir}/${fd}`);
      return /^(?:pipe|socket):/.test(target) ? [target] : [];
    });
  } catch {
    return [];
  }
}

/** A newer kernel tells the number as the size of the folder. */
function countDescriptors(pid: number): number {
  try {
    return statSync(`/proc/${pid}/fd`).size || readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

function readLink(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
