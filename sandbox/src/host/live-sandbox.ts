import type { Server } from "node:http";
import fs from "node:fs";
import pLimit from "p-limit";
import type { LimitFunction } from "p-limit";
import type { Egress, EgressDeps } from "../egress/proxy.ts";
import { createEgress } from "../egress/proxy.ts";
import type { HostHeaders } from "../egress/header-rules.ts";
import { buildEgressPolicy } from "../egress/network-rules.ts";
import type { EgressPolicy } from "../egress/network-rules.ts";
import type { SandboxDirs } from "../runtime/sandbox-dirs.ts";
import { openAgentConnection } from "./agent-client.ts";
import type { AgentConnection } from "./agent-client.ts";
import { listenOn } from "./listen.ts";
import type { HeaderVault } from "./header-vault.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

/** What the server holds in memory for a sandbox that exists; all of it can be made again from the record. */
export interface LiveSandbox {
  id: string;
  dirs: SandboxDirs;
  agent: AgentConnection;
  egress: Egress;
  policy: EgressPolicy;
  /** What is put into its requests. */
  headers: HostHeaders;
  /** Whether this server is told when its first process has ended; it is not of one that it found again. */
  isWatched: boolean;
  deadlineTimer: NodeJS.Timeout | undefined;
  /** State changes of one sandbox never overlap. */
  lock: LimitFunction;
  ended: Promise<void>;
  markEnded: () => void;
}

export interface LiveDeps extends Omit<EgressDeps, "policy" | "headers"> {
  /** Keeps what is put into requests unreadable in records. */
  headerVault: HeaderVault;
}

/** The egress policy a record asks for. */
export function policyOf(record: SandboxRecord): EgressPolicy {
  return buildEgressPolicy({
    allowInternetAccess: record.allow_internet_access,
    allowOut: record.network?.allowOut ?? [],
    denyOut: record.network?.denyOut ?? [],
  });
}

/** Builds the in-memory side of a sandbox and opens its ways out. */
export async function openLiveSandbox(
  record: SandboxRecord,
  dirs: SandboxDirs,
  { headerVault, ...deps }: LiveDeps,
): Promise<LiveSandbox> {
  const { promise: ended, resolve: markEnded } = Promise.withResolvers<void>();
  const live: Omit<LiveSandbox, "egress"> = {
    id: record.id,
    dirs,
    agent: openAgentConnection(dirs.agentSocket, record.agent_token ?? ""),
    policy: policyOf(record),
    headers: headerVault.open(record),
    isWatched: false,
    deadlineTimer: undefined,
    lock: pLimit(1),
    ended,
    markEnded,
  };
  const egress = createEgress({ ...deps, policy: () => opened.policy, headers: () => opened.headers });
  const opened: LiveSandbox = Object.assign(live, { egress });
  await listenFor(egress.proxy, dirs.proxySocket);
  await listenFor(egress.edge, dirs.edgeSocket);
  return opened;
}

async function listenFor(server: Server, socket: string): Promise<void> {
  fs.rmSync(socket, { force: true });
  await listenOn(server, socket);
  // Its directory is open to this sandbox's uid alone; the socket itself must be open to that other uid.
  fs.chmodSync(socket, 0o666);
}

/** Lets go of everything `openLiveSandbox` opened. */
export function closeLiveSandbox(live: LiveSandbox): void {
  clearTimeout(live.deadlineTimer);
  for (const server of [live.egress.proxy, live.egress.edge]) {
    server.close();
    server.closeAllConnections();
  }
  live.egress.close();
  live.agent.pool.destroy();
}
