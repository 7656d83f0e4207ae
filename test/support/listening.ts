import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { listPids } from "../../scripts/local/process-table.ts";

const LISTEN_STATE = "0A";

/** The TCP addresses and named unix sockets that a process and all it started listen on. */
export function listListening(root: number): { tcp: string[]; unix: string[] } {
  const sockets = new Set(listTree(root).flatMap(listSocketInodes));
  const tcp = ["tcp", "tcp6"].flatMap((family) =>
    readTable(`/proc/net/${family}`)
      .filter((fields) => fields[3] === LISTEN_STATE && sockets.has(fields[9] ?? ""))
      .map((fields) => parseAddress(fields[1] ?? "")),
  );
  const unix = readTable("/proc/net/unix")
    .filter((fields) => sockets.has(fields[6] ?? "") && fields[7] !== undefined)
    .map((fields) => fields[7] ?? "");
  return { tcp, unix };
}

/** A process and everything below it. */
export function listTree(root: number): number[] {
  const parents = new Map<number, number>();
  for (const pid of listPids()) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      parents.set(pid, Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // Ended meanwhile.
    }
  }
  const tree = [root];
  for (const pid of tree)
    tree.push(...[...parents].filter(([, parent]) => parent === pid).map(([child]) => child));

  return tree;
}

function listSocketInodes(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}

function readTable(file: string): string[][] {
  const [, ...lines] = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => line.trim().split(/\s+/));
}

/** `0100007F:1F90` is 127.0.0.1:8080; of IPv6 only the port is told apart. */
function parseAddress(hex: string): string {
  const [address = "", port = ""] = hex.split(":");
  const bytes = [...Buffer.from(address, "hex")].reverse();
  return `${bytes.length === 4 ? bytes.join(".") : "[v6]"}:${Number.parseInt(port, 16)}`;
}
