import { readdirSync, readFileSync } from "node:fs";
import { processMemory, proportionalMemoryBytes } from "./proc-table.ts";

/** What one unix socket may hold that nobody has read yet: the kernel's usual limit. */
const UNIX_SOCKET_BYTES = 212_992;
/**
 * Unix sockets that cost nothing: the agent's own, two of which go with every connection to the network, and as many
 * as programs have that speak to their children. What is sent over one, and what is in flight with it, belongs to no
 * process, so the ones beyond are counted as full.
 */
const FREE_UNIX_SOCKETS = 1_024;

/** A process and what it is taken to use, in bytes. */
export interface MemoryUser {
  pid: number;
  bytes: number;
}

/** Memory of these processes together, quickly and never too low: shared pages count for each of their users. */
export function roughMemoryBytes(pids: number[]): number {
  const ofProcesses = pids.reduce((sum, pid) => sum + processMemory(pid).privateBytes, 0);
  return ofProcesses + unixSocketBytes();
}

/** Memory of these processes, each by itself, shared pages divided among their users. Ten times slower than the rough sum. */
export function exactMemoryUse(pids: number[]): { totalBytes: number; users: MemoryUser[] } {
  const socketBytes = unixSocketBytes();
  const users = pids.map((pid) => ({ pid, bytes: proportionalMemoryBytes(pid) }));
  const totalBytes = users.reduce((sum, { bytes }) => sum + bytes, socketBytes);
  // Which process sent what is told nowhere: it goes to those that hold descriptors.
  if (socketBytes === 0) return { totalBytes, users };
  const withSockets = users.map(({ pid, bytes }) => ({
    pid,
    bytes: bytes + countDescriptors(pid) * UNIX_SOCKET_BYTES,
  }));
  return { totalBytes, users: withSockets };
}

function unixSocketBytes(): number {
  return Math.max(0, countUnixSockets(readProtocols()) - FREE_UNIX_SOCKETS) * UNIX_SOCKET_BYTES;
}

/** Unix sockets of the network namespace, from the text of `/proc/net/protocols`. */
export function countUnixSockets(protocols: string): number {
  const counts = [...protocols.matchAll(/^UNIX(?:-STREAM)?\s+\d+\s+(\d+)/gm)].map((match) =>
    Number(match[1]),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function readProtocols(): string {
  try {
    return readFileSync("/proc/net/protocols", "latin1");
  } catch {
    return "";
  }
}

function countDescriptors(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}
