import { fullPipeBytes, listChannels, roughPipeBytes } from "./pipe-memory.ts";
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
  return ofProcesses + sockets.rough() + roughPipeBytes(pids);
}

/** Memory of these processes, each by itself, shared pages divided among their users. Ten times slower than the rough sum. */
export function exactMemoryUse(
  pids: number[],
  sockets: SocketMemory,
): { totalBytes: number; users: MemoryUser[] } {
  const users = pids.map((pid) => ({ pid, bytes: proportionalMemoryBytes(pid) }));
  const channels = new Map(pids.map((pid) => [pid, listChannels(pid)]));
  const waitingBytes = sockets.exact() + fullPipeBytes(countPipes([...channels.values()]));
  const totalBytes = users.reduce((sum, { bytes }) => sum + bytes, waitingBytes);
  return { totalBytes, users: shareOut(waitingBytes, users, (pid) => channels.get(pid)?.length ?? 0) };
}

/** Different ones: a forked process has those of its parent. */
function countPipes(channels: readonly string[][]): number {
  const pipes = channels.flatMap((names) => names.filter((name) => name.startsWith("pipe:")));
  return new Set(pipes).size;
}

/** Which process sent what is told nowhere: each gets as much of it as it has of the sockets and pipes. */
export function shareOut(
  waitingBytes: number,
  users: readonly MemoryUser[],
  countOf: (pid: number) => number,
): MemoryUser[] {
  const counted = users.map((user) => ({ ...user, channels: countOf(user.pid) }));
  const all = counted.reduce((sum, { channels }) => sum + channels, 0);
  return counted.map(({ pid, bytes, channels }) => ({
    pid,
    bytes: all === 0 ? bytes : bytes + (waitingBytes * channels) / all,
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
