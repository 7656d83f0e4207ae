import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export interface SandboxServerOptions {
  edgeUrl?: string;
  pool?: number;
  env?: Record<string, string>;
  /** Runs the server as this user instead of the test's own; only root may ask for it. */
  uid?: number;
  /** What SIGTERM does to sandboxes; by default it ends them, as `stop` needs. */
  killOnExit?: boolean;
  /** A Python zip application that every sandbox has from the start, and that waits in those of the pool. */
  startProgram?: Uint8Array;
  /** What is started in the place of `sandbox/src/main.ts`, from the project's root. */
  main?: string;
}

/** A sandbox server in a process of its own, on a port of its own, over a state directory of its own. */
export interface SandboxServer {
  readonly url: string;
  readonly apiKey: string;
  readonly pid: number;
  readonly stateDir: string;
  /** Options for the official SDK that point it here. */
  readonly sdk: { apiKey: string; apiUrl: string; sandboxUrl: string };
  /** What the server wrote to standard error so far. */
  log(): string;
  /** Sends a signal and waits for the process to end. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the server again on the same state and port. It must have ended. */
  restart(): Promise<void>;
  /** Ends the server and every sandbox, and removes the state. */
  stop(): Promise<void>;
}

const ROOT = path.join(import.meta.dirname, "../..");
const NODE = path.join(ROOT, "node_modules/.bin/node");
const API_KEY = `e2b_${"0".repeat(40)}`;
const READY = /^sandbox ready (http:\/\/\S+)$/m;

interface Started {
  child: ChildProcess;
  url: string;
}

async function waitUntilReady(child: ChildProcess, log: () => string): Promise<string> {
  let output = "";
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const url = READY.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the sandbox server ended with ${code}:\n${log()}`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

class RunningSandboxServer implements SandboxServer {
  readonly apiKey = API_KEY;
  readonly stateDir: string;
  readonly #options: SandboxServerOptions;
  #started: Started | undefined;
  #log = "";

  constructor(options: SandboxServerOptions) {
    this.#options = options;
    this.stateDir = mkdtempSync(path.join(tmpdir(), "sandbox-state-"));
    if (options.startProgram !== undefined) writeFileSync(this.#startProgram, options.startProgram);
    if (options.uid !== undefined) chownSync(this.stateDir, options.uid, options.uid);
  }

  get #startProgram(): string {
    return path.join(this.stateDir, "start-program.pyz");
  }

  get url(): string {
    return this.#current().url;
  }

  get pid(): number {
    return this.#current().child.pid ?? -1;
  }

  get sdk(): SandboxServer["sdk"] {
    return { apiKey: this.apiKey, apiUrl: this.url, sandboxUrl: this.url };
  }

  log(): string {
    return this.#log;
  }

  async start(port: string): Promise<void> {
    const { edgeUrl = "http://127.0.0.1:8787", pool = 0, env = {}, uid, killOnExit = true } = this.#options;
    const { main = "sandbox/src/main.ts" } = this.#options;
    const args = [
      "--port",
      port,
      "--state-dir",
      this.stateDir,
      "--edge-url",
      edgeUrl,
      "--pool",
      String(pool),
      ...(this.#options.startProgram === undefined ? [] : ["--start-program", this.#startProgram]),
    ];
    const child = spawn(NODE, [path.join(ROOT, main), ...args, ...(killOnExit ? ["--kill-on-exit"] : [])], {
      cwd: ROOT,
      env: { PATH: process.env["PATH"] ?? "", ...env, FLOOM_SANDBOX_API_KEY: this.apiKey },
      stdio: ["ignore", "pipe", "pipe"],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#log += text));
    this.#started = { child, url: await waitUntilReady(child, () => this.#log) };
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    await end(this.#current().child, signal);
  }

  async restart(): Promise<void> {
    await this.start(new URL(this.url).port);
  }

  async stop(): Promise<void> {
    const { child } = this.#current();
    if (child.exitCode !== null || child.signalCode !== null) await this.restart();
    await end(this.#current().child, "SIGTERM");
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  #current(): Started {
    if (this.#started === undefined) throw new Error("the sandbox server was not started");
    return this.#started;
  }
}

/** Starts a sandbox server and waits until it can really start sandboxes. */
export async function startSandboxServer(options: SandboxServerOptions = {}): Promise<SandboxServer> {
  const server = new RunningSandboxServer(options);
  await server.start("0");
  return server;
}
