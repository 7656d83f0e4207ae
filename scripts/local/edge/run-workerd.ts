import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { serializeConfig } from "miniflare";
import type { Config } from "miniflare";
import * as z from "zod";
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

/** The package of the runtime exports the path of its program. */
const workerdSchema = z.object({ default: z.string() });
/** What the runtime writes about a socket that listens; it writes of other things too. */
const listenSchema = z.object({ event: z.literal("listen"), socket: z.string(), port: z.number() });

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
    ...inspectorFlags(),
    "--control-fd=3",
    "-",
  ]);
  const ended = waitForEnd(child);
  const listening = readPort(child);
  const first = await Promise.race([listening, ended]);
  if (typeof first === "string") throw new Error(`the runtime ended before it listened (${first})`);

  return { port: first, pid: child.pid ?? 0, ended, kill: () => void child.kill("SIGKILL") };
}

/** Where a profiler finds the runtime's inspector, if that is asked for: whoever reaches it reads and steers the edge. */
function inspectorFlags(): string[] {
  const address = process.env["FLOOM_INSPECTOR"] ?? "";
  return address === "" ? [] : [`--inspector-addr=${address}`];
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
  return workerdSchema.parse(own("workerd")).default;
}

async function readPort(child: ChildProcess): Promise<number> {
  const control = child.stdio[3];
  if (!(control instanceof Readable)) throw new Error("the runtime has no pipe to say its port by");
  for await (const line of createInterface({ input: control })) {
    const message = listenSchema.safeParse(JSON.parse(line));
    if (message.success && message.data.socket === FRONT_SOCKET) return message.data.port;
  }
  // It closed the pipe without a word: its end says more.
  return new Promise(() => undefined);
}

async function waitForEnd(child: ChildProcess): Promise<string> {
  const ended: unknown[] = await once(child, "exit");
  const [code, signal] = ended;
  return String(signal ?? code);
}
