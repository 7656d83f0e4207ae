import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const rootDir = resolve(import.meta.dirname, "..", "..");
const POLL_MS = 25;
const BACK_DEADLINE_MS = 60_000;

export interface FloomInstanceOptions {
  /** A home of an earlier instance, to find its state again; by default a new one that `stop` removes. */
  home?: string;
  /** The port of an earlier instance; by default any free one. */
  port?: number;
  /** Whether the examples are pushed; by default they are. */
  seed?: boolean;
  env?: Record<string, string>;
}

/** A whole Floom on this machine, as `npm start` runs it. */
export interface FloomInstance {
  url: string;
  /** The owner token. */
  token: string;
  home: string;
  /** What it printed so far, line by line. */
  lines: string[];
  /** kill -9 of the edge's process; it is started again by itself. */
  killEdge: () => void;
  /** kill -9 of the sandbox server; it is started again by itself. */
  killSandbox: () => void;
  /** Waits until both parts run in other processes than the killed ones and the edge is healthy. */
  waitUntilBack: (killed: { edge?: number; sandbox?: number }) => Promise<void>;
  pids: () => { edge: number; sandbox: number };
  /** kill -9 of everything at once, as when the machine loses power; the home stays. */
  killAll: () => Promise<void>;
  /** Ctrl-C: ends every process; the home stays. */
  interrupt: () => Promise<void>;
  /** Ends every process, and removes the home unless it was given. */
  stop: () => Promise<void>;
}

/** Starts Floom and waits for its `ready` line. Throws with what it printed when it ends before. */
export async function startFloom(options: FloomInstanceOptions = {}): Promise<FloomInstance> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), "floom-home-"));
  const args = [join(rootDir, "scripts", "up.ts"), ...(options.seed === false ? ["--no-seed"] : [])];
  const child = spawn(process.execPath, args, {
    cwd: rootDir,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
    env: { ...process.env, ...options.env, FLOOM_HOME: home, PORT: String(options.port ?? 0) },
  });
  const lines: string[] = [];
  const url = await readReadyLine(child, lines);
  const pids = (): { edge: number; sandbox: number } => ({
    edge: readPid(home, "edge"),
    sandbox: readPid(home, "sandbox"),
  });
  return {
    url,
    token: readFileSync(join(home, "token"), "utf8").trim(),
    home,
    lines,
    pids,
    killEdge: () => process.kill(pids().edge, "SIGKILL"),
    killSandbox: () => process.kill(pids().sandbox, "SIGKILL"),
    waitUntilBack: (killed) => waitUntilBack({ url, killed, pids }),
    killAll: async () => {
      const { edge, sandbox } = pids();
      const ended = once(child, "exit");
      for (const pid of [child.pid ?? 0, edge, sandbox]) process.kill(pid, "SIGKILL");

      await ended;
    },
    interrupt: () => end(child, "SIGINT"),
    stop: async () => {
      await end(child, "SIGTERM");
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}

async function readReadyLine(child: ChildProcess, lines: string[]): Promise<string> {
  const { promise, resolve: found, reject } = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        const url = stream === child.stdout ? /^ready (http:\S+)$/.exec(line)?.[1] : undefined;
        if (url !== undefined) found(url);
      });
    }
  }
  child.once("exit", (code, signal) => {
    reject(new Error(`Floom ended before it was ready (${signal ?? code}):\n${lines.join("\n")}`));
  });
  return promise;
}

interface BackOptions {
  url: string;
  killed: { edge?: number; sandbox?: number };
  pids: () => { edge: number; sandbox: number };
}

async function waitUntilBack({ url, killed, pids }: BackOptions): Promise<void> {
  const deadline = performance.now() + BACK_DEADLINE_MS;
  while (performance.now() < deadline) {
    const now = pids();
    const isOther = now.edge !== killed.edge && now.sandbox !== killed.sandbox;
    if (isOther && (await isHealthy(url))) return;

    await sleep(POLL_MS);
  }
  throw new Error("Floom did not heal itself.");
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL("/api/health", url))).status === 200;
  } catch {
    return false;
  }
}

function readPid(home: string, name: string): number {
  return Number(readFileSync(join(home, "run", `${name}.pid`), "utf8"));
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;

  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
