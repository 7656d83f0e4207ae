import { readdirSync, readlinkSync } from "node:fs";
import { processMemory, proportionalMemoryBytes } from "./proc-table.ts";
import type { SocketMemory } from "./socket-memory.ts";

/** A process and what it is taken to use, in bytes. */
export interface MemoryUser {
  pid: number;
  bytes: number;
}

/** Memory of these processes together, quickly and never too low: shared pages count for each of their users. */
export function roughMemoryBytes(pids: number[], sockets: SocketMemory): number {
  const ofProcesses = pids.reduce((sum, pid) => sum + processMemory(pid).privateBytes, 0);
  return ofProcesses + sockets.rough();
}

/** The same for each process, shared pages divided among their users. Ten times slower. */
export function exactMemoryUse(
  pids: number[],
  sockets: SocketMemory,
): { totalBytes: number; users: MemoryUser[] } {
  const socketBytes = sockets.exact();
  const users = pids.map((pid) => ({ pid, bytes: proportionalMemoryBytes(pid) }));
  const totalBytes = users.reduce((sum, { bytes }) => sum + bytes, socketBytes);
  return { totalBytes, users: socketBytes === 0 ? users : shareOut(socketBytes, users, countSocketsOf) };
}

/** Which process sent what is told nowhere: each gets as much of it as it has of the sockets. */
export function shareOut(
  socketBytes: number,
  users: readonly MemoryUser[],
  countOf: (pid: number) => number,
): MemoryUser[] {
  const counted = users.map((user) => ({ ...user, sockets: countOf(user.pid) }));
  const all = counted.reduce((sum, { sockets }) => sum + sockets, 0);
  return counted.map(({ pid, bytes, sockets }) => ({
    pid,
    bytes: all === 0 ? bytes : bytes + (socketBytes * sockets) / all,
  }));
}

/**
 * The biggest users, as many as it takes to free that many bytes. One after the other, a look each, many that grow at
 * once would grow faster than they end. What they share with others may stay in use: the next look finds that.
 */
export function chooseBiggest(users: readonly MemoryUser[], excessBytes: number): MemoryUser[] {
  const chosen: MemoryUser[] = [];
  let freedBytes = 0;
  for (const user of users.toSorted((a, b) => b.bytes - a.bytes)) {
    if (freedBytes >= excessBytes) break;
    chosen.push(user);
    freedBytes += user.bytes;
  }
  return chosen;
}

function countSocketsOf(pid: number): number {
  const dir = `/proc/${pid}/fd`;
  try {
    return readdirSync(dir).filter((fd) => isSocket(`${dir}/${fd}`)).length;
  } catch {
    return 0;
  }
}

function isSocket(link: string): boolean {
  try {
    return readlinkSync(link).startsWith("socket:");
  } catch {
    return false;
  }
}
