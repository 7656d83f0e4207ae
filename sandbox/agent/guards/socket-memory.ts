import { readFileSync } from "node:fs";

/** Sockets of the sandbox that the kernel counts by kind. */
export interface SocketCounts {
  /** Unix streams. */
  streams: number;
  /** Everything else whose messages wait in the socket: unix datagrams, UDP, netlink. */
  messages: number;
  tcp: number;
}

/**
 * Sockets of programs that cost nothing: as many as they have that speak to their children. What is sent over a socket
 * and not yet read belongs to no process, so those beyond are counted as full.
 */
const FREE_SOCKETS = 64;
/** A socket takes what comes until it is full, so the last message lies on top: as large as a whole message may be. */
const FULL_STREAM = 1.25;
const FULL_OF_MESSAGES = 2;
/** Memory of TCP per byte that waits, measured: small pieces take more room than they hold. */
const TCP_OVERHEAD = 1.5;
/** The kernel counts in pages and does not say how large they are; on arm64 up to this. */
const LARGEST_PAGE_BYTES = process.arch === "arm64" ? 65_536 : 4_096;
/** So little is not worth a look at the connections of the whole machine: it counts as the sandbox's own. */
const SMALL_TCP_BYTES = 4 * 1024 * 1024;
const LISTENING = "0A";

/** The sockets in the text of `/proc/net/protocols`. Kernels older than 5.15 count unix streams among the rest. */
export function countSockets(protocols: string): SocketCounts {
  const counts: SocketCounts = { streams: 0, messages: 0, tcp: 0 };
  for (const [, name = "", sockets] of protocols.matchAll(/^(\S+)\s+\d+\s+(\d+)/gm)) {
    if (name === "UNIX-STREAM") counts.streams += Number(sockets);
    else if (/^TCP(v6)?$/.test(name)) counts.tcp += Number(sockets);
    else counts.messages += Number(sockets);
  }
  return counts;
}

/**
 * Bytes that these sockets, TCP apart, can hold at most. `ownStreams` are the agent's, `bufferBytes` is what the kernel
 * lets one socket send or receive.
 */
export function fullSocketBytes(
  { streams, messages }: SocketCounts,
  { ownStreams, bufferBytes }: { ownStreams: number; bufferBytes: number },
): number {
  const charged = Math.max(0, streams + messages - ownStreams - FREE_SOCKETS);
  const ofMessages = Math.min(charged, messages);
  return (ofMessages * FULL_OF_MESSAGES + (charged - ofMessages) * FULL_STREAM) * bufferBytes;
}

/** Memory of all TCP of the machine, in bytes, from the text of `/proc/net/sockstat`: never less than the sandbox's. */
export function machineTcpBytes(sockstat: string): number {
  return Number(/^TCP: .*\bmem (\d+)/m.exec(sockstat)?.[1] ?? 0) * LARGEST_PAGE_BYTES;
}

/** What waits to be sent or read in the text of `/proc/net/tcp` or `tcp6`, in bytes. */
export function queuedTcpBytes(table: string): number {
  let bytes = 0;
  for (const line of table.split("\n").slice(1)) {
    const [, , , state, queues = ""] = line.trim().split(/\s+/);
    // Of a listening socket the same columns are numbers of connections.
    if (state === LISTENING) continue;
    const [sending = "0", receiving = "0"] = queues.split(":");
    bytes += (Number.parseInt(sending, 16) || 0) + (Number.parseInt(receiving, 16) || 0);
  }
  return bytes;
}

/** Reads what the sandbox's sockets may hold. */
export class SocketMemory {
  readonly #bufferBytes: number;
  readonly #ownStreams: () => number;

  constructor(options: { bufferBytes: number; ownStreams: () => number }) {
    this.#bufferBytes = options.bufferBytes;
    this.#ownStreams = options.ownStreams;
  }

  /** Bytes, quickly and never too low. */
  rough(): number {
    const { others, tcpAtMost } = this.#look();
    return others + tcpAtMost;
  }

  /** Bytes, as the kernel tells them for TCP: it goes through the connections of the whole machine for that. */
  exact(): number {
    const { others, tcpAtMost } = this.#look();
    if (tcpAtMost <= SMALL_TCP_BYTES) return others + tcpAtMost;
    const queued = queuedTcpBytes(read("tcp")) + queuedTcpBytes(read("tcp6"));
    return others + queued * TCP_OVERHEAD;
  }

  #look(): { others: number; tcpAtMost: number } {
    const counts = countSockets(read("protocols"));
    const own = { ownStreams: this.#ownStreams(), bufferBytes: this.#bufferBytes };
    return {
      others: fullSocketBytes(counts, own),
      tcpAtMost: counts.tcp === 0 ? 0 : machineTcpBytes(read("sockstat")),
    };
  }
}

function read(name: string): string {
  try {
    return readFileSync(`/proc/net/${name}`, "latin1");
  } catch {
    // No IPv6, or a kernel without the table.
    return "";
  }
}
