import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

const CONFIG_PATH = "/opt/agent/config.json";
const DEFAULT_OPEN_FILES = 1024;
/** What a socket may send or receive where nobody has changed the kernel's settings. */
const DEFAULT_SOCKET_BYTES = 212_992;
const DEFAULT_JOURNAL_BYTES = 8 * 1024 * 1024;

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
  egress: { proxySocket: string; proxyPort: number } | undefined;
}

interface ConfigFile {
  limits?: {
    memory_bytes?: number;
    inodes?: number;
    socket_bytes?: number;
    open_files?: number;
    max_stdout_journal_bytes?: number;
    cpu_count?: number;
  };
  proxy_socket?: string;
  proxy_port?: number;
}

/** Reads the host's read-only configuration; a missing file means no limits and no way out. */
export function readAgentConfig(path = CONFIG_PATH): AgentConfig {
  const file = parseConfigFile(path);
  const { proxy_socket: proxySocket, proxy_port: proxyPort } = file;
  return {
    memoryLimitBytes: file.limits?.memory_bytes,
    openFiles: file.limits?.open_files ?? DEFAULT_OPEN_FILES,
    cpuCount: file.limits?.cpu_count ?? availableParallelism(),
    inodeLimit: file.limits?.inodes,
    socketBytes: file.limits?.socket_bytes ?? DEFAULT_SOCKET_BYTES,
    journalLimitBytes: file.limits?.max_stdout_journal_bytes ?? DEFAULT_JOURNAL_BYTES,
    egress: proxySocket === undefined || proxyPort === undefined ? undefined : { proxySocket, proxyPort },
  };
}

function parseConfigFile(path: string): ConfigFile {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}
