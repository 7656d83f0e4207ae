import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { serializeConfig } from "miniflare";
import type { Config } from "miniflare";
import { FRONT_SOCKET } from "./workerd-config.ts";

/** The runtime at work. */
export interface RunningWorkerd {
  port: number;
  pid: number;
  /** Resolves, with a word why, when it has ended by whatever cause. */
  ended: Promise<string>;
  /** Ends it at once: what was answered is on disk already. */
  kill: () => void;
}

/** Starts the runtime with its one socket at this address; resolves when it listens. Throws when it ends before. */
export async function serveWorkerd(
  config: Config,
  { host, port }: { host: string; port: number },
): Promise<RunningWorkerd> {
  const child = startWorkerd(config, [
    "serve",
    "--experimental",
    "--binary",
    `--socket-addr=${FRONT_SOCKET}=${host}:${port}`,
    "--control-fd=3",
    "-",
  ]);
  const ended = waitForEnd(child);
  const listening = readPort(child);
  const first = await Promise.race([listening, ended]);
  if (typeof first === "string") throw new Error(`the runtime ended before it listened (${first})`);

  return { port: first, pid: child.pid ?? 0, ended, kill: () => void child.kill("SIGKILL") };
}

/** Has the workers of a configuration do what they call their test, which is how one acts and ends. Throws when one fails. */
export async function runWorkerdTests(config: Config): Promise<void> {
  const child = startWorkerd(config, ["test", "--experimental", "--no-verbose", "--binary", "-"]);
  const ended = await waitForEnd(child);
  if (ended !== "0") throw new Error(`the runtime could not do it (${ended})`);
}

function startWorkerd(config: Config, args: string[]): ChildProcess {
  const program = workerdPath();
  const setpriv = "/usr/bin/setpriv";
  // The kernel ends it together with the process that started it, also when that was killed and could not say goodbye.
  const [command, ...before] =
    process.platform === "linux" && existsSync(setpriv)
      ? [setpriv, "--pdeathsig", "KILL", program]
      : [program];
  const child = spawn(command ?? program, [...before, ...args], {
    stdio: ["pipe", "inherit", "inherit", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", TZ: "UTC" },
  });
  // A runtime that ends early is told by its end.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(serializeConfig(config));
  return child;
}

function workerdPath(): string {
  const own = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  return (own("workerd") as { default: string }).default;
}

async function readPort(child: ChildProcess): Promise<number> {
  const control = child.stdio[3] as Readable;
  for await (const line of createInterface({ input: control })) {
    const message = JSON.parse(line) as { event: string; socket: string; port: number };
    if (message.event === "listen" && message.socket === FRONT_SOCKET) return message.port;
  }
  // It closed the pipe without a word: its end says more.
  return new Promise(() => undefined);
}

async function waitForEnd(child: ChildProcess): Promise<string> {
  const [code, signal] = await once(child, "exit");
  return String(signal ?? code);
}
