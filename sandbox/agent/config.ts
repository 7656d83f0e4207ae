import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { errnoOf } from "./errno.ts";

const CONFIG_PATH = "/opt/agent/config.json";
const DEFAULT_OPEN_FILES = 1024;
/** What a socket may send or receive where nobody has changed the kernel's settings. */
const DEFAULT_SOCKET_BYTES = 212_992;
const DEFAULT_JOURNAL_BYTES = 8 * 1024 * 1024;

/** A port inside the sandbox, and the host's socket that answers there. */
export interface EgressWay {
  host: string;
  port: number;
  socket: string;
}

interface EgressConfig {
  proxyPort: number;
  /** Where the certificates lie that programs are to believe; undefined for those they believe anyway. */
  trustDir: string | undefined;
  /** The proxy's port, and the edge's where that is one of the loopback. */
  ways: EgressWay[];
}

/** What the host decided for this sandbox before it was launched. An absent limit is not enforced. */
export interface AgentConfig {
  memoryLimitBytes: number | undefined;
  /** Descriptors one process of a command may have. */
  openFiles: number;
  /** Processors promised to the sandbox. */
  cpuCount: number;
  inodeLimit: number | undefined;
  /** What one socket may hold. */
  socketBytes: number;
  /** Output kept per command for a later `Connect`. */
  journalLimitBytes: number;
  /** Undefined for a sandbox without any way out. */
  egress: EgressConfig | undefined;
}

/** Reads the host's read-only configuration; a missing file means no limits and no way out. */
export function readAgentConfig(path = CONFIG_PATH): AgentConfig {
  const file = parseConfigFile(path);
  const limits = memberOf(file, "limits");
  return {
    memoryLimitBytes: numberOf(limits, "memory_bytes"),
    openFiles: numberOf(limits, "open_files") ?? DEFAULT_OPEN_FILES,
    cpuCount: numberOf(limits, "cpu_count") ?? availableParallelism(),
    inodeLimit: numberOf(limits, "inodes"),
    socketBytes: numberOf(limits, "socket_bytes") ?? DEFAULT_SOCKET_BYTES,
    journalLimitBytes: numberOf(limits, "max_stdout_journal_bytes") ?? DEFAULT_JOURNAL_BYTES,
    egress: egressOf(file),
  };
}

function egressOf(file: unknown): EgressConfig | undefined {
  const proxySocket = memberOf(file, "proxy_socket");
  const proxyPort = numberOf(file, "proxy_port");
  if (typeof proxySocket !== "string" || proxyPort === undefined) return undefined;
  const edgeSocket = memberOf(file, "edge_socket");
  const edgePort = numberOf(file, "edge_port");
  const edge =
    typeof edgeSocket !== "string" || edgePort === undefined
      ? []
      : ["127.0.0.1", "::1"].map((host) => ({ host, port: edgePort, socket: edgeSocket }));
  const trustDir = memberOf(file, "trust_dir");
  const trusted = { trustDir: typeof trustDir === "string" ? trustDir : undefined };
  return {
    proxyPort,
    ...trusted,
    ways: [{ host: "127.0.0.1", port: proxyPort, socket: proxySocket }, ...edge],
  };
}

/** A member of a document by its name; undefined where there is none. */
function memberOf(document: unknown, name: string): unknown {
  return typeof document === "object" && document !== null ? Reflect.get(document, name) : undefined;
}

function numberOf(document: unknown, name: string): number | undefined {
  const value = memberOf(document, name);
  return typeof value === "number" ? value : undefined;
}

function parseConfigFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return {};
    throw error;
  }
}
