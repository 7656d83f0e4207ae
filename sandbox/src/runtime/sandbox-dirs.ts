import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** Host paths of one sandbox. */
export interface SandboxDirs {
  /** Holds the agent's socket; only the server may enter it, for the agent itself checks no token. */
  controlDir: string;
  agentSocket: string;
  /** Bound into the sandbox; a directory, so that a restarted server can put a new socket into it. */
  egressDir: string;
  proxySocket: string;
  edgeSocket: string;
  /** What the sandbox is told its boot is called. */
  bootIdFile: string;
  /** Takes the place of what all agents read at start, for a sandbox of another size. */
  configFile: string;
}

/** Where the sandbox with the random name `key` keeps its sockets. */
export function sandboxDirs(runtimeDir: string, key: string): SandboxDirs {
  const controlDir = path.join(runtimeDir, `c-${key}`);
  const egressDir = path.join(runtimeDir, `e-${key}`);
  return {
    controlDir,
    agentSocket: path.join(controlDir, "agent.sock"),
    egressDir,
    proxySocket: path.join(egressDir, "proxy.sock"),
    edgeSocket: path.join(egressDir, "edge.sock"),
    bootIdFile: path.join(egressDir, "boot_id"),
    configFile: path.join(egressDir, "config.json"),
  };
}

/** Creates the directories; `uid` (null: the server's own) becomes the owner of what the sandbox sees. */
export function createSandboxDirs(dirs: SandboxDirs, uid: number | null): void {
  fs.mkdirSync(dirs.controlDir, { mode: 0o700, recursive: true });
  fs.mkdirSync(dirs.egressDir, { mode: 0o700, recursive: true });
  if (uid !== null) fs.chownSync(dirs.egressDir, uid, uid);
  writeBootId(dirs);
}

/** Names another boot. In place: the sandbox has the very file mounted. */
export function writeBootId(dirs: SandboxDirs): void {
  fs.writeFileSync(dirs.bootIdFile, `${randomUUID()}\n`, { mode: 0o644 });
}

/** Has the sandbox's agent read this at start, in the place of what all agents read. */
export function writeAgentConfig(dirs: SandboxDirs, config: Record<string, unknown>): void {
  fs.writeFileSync(dirs.configFile, JSON.stringify(config), { mode: 0o644 });
}

/** Removes both directories. */
export function removeSandboxDirs(dirs: SandboxDirs): void {
  fs.rmSync(dirs.controlDir, { recursive: true, force: true });
  fs.rmSync(dirs.egressDir, { recursive: true, force: true });
}
