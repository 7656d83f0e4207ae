import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, watch, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createClient } from "@connectrpc/connect";
import type { Client } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { Filesystem } from "../../../sandbox/gen/filesystem_pb.ts";
import { Process } from "../../../sandbox/gen/process_pb.ts";
import { agentCommand, installAgent } from "../../../sandbox/src/runtime/install-agent.ts";

interface HttpAnswer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: Buffer;
}

/** A real agent in a real bubblewrap sandbox, without the host server: the way its own tests see it. */
export interface AgentUnderTest {
  socketPath: string;
  processes: Client<typeof Process>;
  files: Client<typeof Filesystem>;
  http(
    method: string,
    path: string,
    options?: { headers?: object; body?: string | Buffer; signal?: AbortSignal },
  ): Promise<HttpAnswer>;
  /** The agent's exit code, once its sandbox has ended. */
  ended: Promise<number | null>;
  stop(): Promise<void>;
}

/** Sizes and rules of the sandbox under test; `config` becomes `/opt/agent/config.json`. */
export interface AgentOptions {
  config?: object;
  /** Bytes of its one file system. */
  diskSize?: string;
  proxySocketDir?: string;
  /** A folder of the machine's that is empty inside. */
  emptiedDir?: string;
}

const SOCKET = "/opt/agent/run/agent.sock";

/** Installs the agent, starts it in a sandbox of its own and waits until it listens. */
export async function startAgent(options: AgentOptions = {}): Promise<AgentUnderTest> {
  const dir = mkdtempSync(join(tmpdir(), "floom-agent-"));
  for (const mountPoint of ["run", "egress"]) mkdirSync(join(dir, "agent", mountPoint), { recursive: true });
  const command = agentCommand(installAgent(join(dir, "agent")));
  writeFileSync(join(dir, "agent/config.json"), JSON.stringify(options.config ?? {}));
  writeFileSync(join(dir, "passwd"), "root:x:0:0::/root:/bin/bash\nuser:x:1000:1000::/home/user:/bin/bash\n");
  writeFileSync(join(dir, "group"), "root:x:0:\nuser:x:1000:\n");
  const socketDir = join(dir, "run");
  mkdirSync(socketDir, { mode: 0o777 });
  const child = spawn(
    "/usr/bin/bwrap",
    [...bwrapArguments(dir, options), "--", ...command, "--listen", SOCKET],
    {
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const socketPath = join(socketDir, "agent.sock");
  await socketToAppear(socketDir, socketPath);
  const transport = createConnectTransport({
    baseUrl: "http://agent",
    httpVersion: "1.1",
    useBinaryFormat: false,
    nodeOptions: { socketPath },
  });
  return {
    socketPath,
    processes: createClient(Process, transport),
    files: createClient(Filesystem, transport),
    http: async (method, path, extra) => httpOverSocket(socketPath, { method, path, ...extra }),
    ended,
    async stop() {
      child.kill("SIGKILL");
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function bwrapArguments(dir: string, options: AgentOptions): string[] {
  const words = [
    `--size ${options.diskSize ?? "134217728"} --tmpfs / --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/sbin /sbin`,
    "--symlink usr/lib /lib --symlink usr/lib64 /lib64 --proc /proc --dev /dev --size 67108864 --tmpfs /dev/shm",
    options.emptiedDir === undefined ? "" : `--tmpfs ${options.emptiedDir}`,
    `--ro-bind ${join(dir, "passwd")} /etc/passwd --ro-bind ${join(dir, "group")} /etc/group`,
    "--perms 1777 --dir /tmp --dir /home --dir /home/user --dir /root",
    `--ro-bind ${join(dir, "agent")} /opt/agent --bind ${join(dir, "run")} /opt/agent/run`,
    options.proxySocketDir === undefined ? "" : `--ro-bind ${options.proxySocketDir} /opt/agent/egress`,
    "--unshare-all --unshare-user --as-pid-1 --uid 1000 --gid 1000 --die-with-parent --new-session --clearenv",
    "--setenv PATH /usr/local/bin:/usr/bin:/bin --setenv HOME /home/user --chdir /home/user",
  ];
  return words.flatMap((line) => line.split(" ").filter((word) => word !== ""));
}

async function socketToAppear(dir: string, path: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watch(dir, () => {
    if (existsSync(path)) resolve();
  });
  if (existsSync(path)) resolve();
  await promise;
  watcher.close();
  // The name is there from `bind` on; only a moment later does the agent listen.
  while (!(await answers(path))) await setImmediate();
}

async function answers(socketPath: string): Promise<boolean> {
  return httpOverSocket(socketPath, { method: "GET", path: "/health" }).then(
    () => true,
    () => false,
  );
}

async function httpOverSocket(
  socketPath: string,
  options: { method: string; path: string; headers?: object; body?: string | Buffer; signal?: AbortSignal },
): Promise<HttpAnswer> {
  const { method, path, body } = options;
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const outgoing = request(
    {
      socketPath,
      method,
      path,
      headers: { ...options.headers },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
    (incoming) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => parts.push(part));
      incoming.once("error", reject);
      incoming.once("end", () => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(parts) });
      });
    },
  );
  outgoing.once("error", reject);
  outgoing.end(body);
  return promise;
}
