// The program that runs inside every local sandbox: E2B's envd in small. The host passes a listening socket as
// descriptor 3; `--listen <path>` makes one instead, for running the agent by itself.
import "./process/native-base64.ts";
import { stat } from "node:fs/promises";
import { ActiveClock } from "./active-clock.ts";
import { CommandEnvironment } from "./process/command-environment.ts";
import { CommandTable } from "./process/command-table.ts";
import { readAgentConfig } from "./config.ts";
import { startEgressForward } from "./http/egress-forward.ts";
import { endSandbox } from "./guards/end-sandbox.ts";
import { FifoPool } from "./process/fifo-pool.ts";
import { closeInheritedDescriptors } from "./process/inherited-descriptors.ts";
import { FileMetadata } from "./files/file-metadata.ts";
import { Guards } from "./guards/guards.ts";
import { readHostToken } from "./http/host-token.ts";
import { createAgentServer } from "./http/http-server.ts";
import { Lifetime } from "./guards/lifetime.ts";
import { SocketMemory } from "./guards/socket-memory.ts";
import { MachineMetrics } from "./guards/machine-metrics.ts";
import { startReaping } from "./process/orphans.ts";
import { writeSystemFiles } from "./system-files.ts";

const LISTEN_FD = 3;
/** Of a connection to the host's proxy both ends belong to the sandbox's network. */
const STREAMS_PER_CONNECTION = 2;
const AGENT_TITLE = "sandbox-agent";
/** A host that dies before it says how long this sandbox may live must not leave it for ever. */
const UNTOLD_LIFE_MS = 15 * 60_000;

const hostToken = isStartedByHost() ? readHostToken() : undefined;
closeInheritedDescriptors();
resistSignals();
startReaping();
// The host reads the agent's log; the sandbox outlives a host that died.
process.stderr.on("error", () => {});
const config = readAgentConfig();
const { memoryLimitBytes, openFiles, cpuCount } = config;
const now = () => Date.now();
const clock = new ActiveClock(now);
clock.start();
const commands = new CommandTable(config.journalLimitBytes);
const pipes = new FifoPool();
const egress = config.egress === undefined ? undefined : startEgressForward(config.egress.ways);
const sockets = new SocketMemory({
  bufferBytes: config.socketBytes,
  ownStreams: () => (egress?.joined() ?? 0) * STREAMS_PER_CONNECTION,
});
const guards = new Guards({ config, commands, sockets, end: endSandbox });
const lifetime = new Lifetime({ end: endSandbox, now, clock });
if (isStartedByHost()) lifetime.setDeadline(now() + UNTOLD_LIFE_MS);

const server = createAgentServer({
  commands,
  pipes,
  limits: memoryLimitBytes === undefined ? undefined : { memoryBytes: memoryLimitBytes, openFiles },
  clock,
  environment: new CommandEnvironment(config),
  lifetime,
  metrics: new MachineMetrics({ memoryLimitBytes, cpuCount, now }),
  fileMetadata: new FileMetadata(),
  hostToken,
  onStarted: () => guards.wake(),
});
if (isStartedByHost()) writeSystemFiles();
server.listen(listenTarget());
// Starts the threads file operations run on: under a full process table libuv would abort instead of waiting.
stat("/").catch(() => {});
// Ahead of the first command; if it fails now, that command tries again and reports why.
pipes.refill().catch(() => {});

/**
 * User code runs as the same uid: `pkill node` in a script must not end its sandbox, and no signal may put the
 * agent to sleep, since it holds limits that nothing else does. As process 1 of its namespace it is out of reach of
 * every signal from inside that has no handler, SIGKILL and SIGSTOP too; these have one of Node's, or might.
 */
function resistSignals(): void {
  process.title = AGENT_TITLE;
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGTSTP", "SIGTTIN", "SIGTTOU"] as const)
    process.on(signal, () => {});
}

function isStartedByHost(): boolean {
  return !process.argv.includes("--listen");
}

function listenTarget(): { fd: number } | { path: string } {
  const at = process.argv.indexOf("--listen");
  const path = at < 0 ? undefined : process.argv[at + 1];
  return path === undefined ? { fd: LISTEN_FD } : { path };
}
