import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { programPath } from "../checkout.ts";
import { findNode } from "./find-node.ts";
import { hearOut } from "./hear-out.ts";
import { LogFile } from "./log-file.ts";
import { writePidFile, removePidFile } from "./pid-file.ts";
import { killGroup } from "./process-table.ts";

/** One long-lived child process of `npm start`. */
export interface ProcessPlan {
  /** Names the pid file, the log file and the line about a restart. */
  name: string;
  /** The file of the program, run by the Node that Floom is written for. */
  program: string;
  /** Made anew at every start, so that it may hold a port learnt at the first one. */
  buildArgs: () => string[];
  env: Record<string, string>;
  /** The line on standard output that says it works; its first group is what `start` answers. */
  ready: RegExp;
  /** A line to be passed on to the person who started it, once: its first group is what is said. */
  notice?: RegExp;
  /** Whether what it started must go when it goes (not so for sandboxes: those finish their work). */
  ownsGroup: boolean;
  runDir: string;
  logDir: string;
  say: (line: string) => void;
  /** The longest pause before it is started again. */
  maxBackoffMs?: number;
}

const PRELOAD = pathToFileURL(programPath("exit-with-parent")).href;
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 10_000;
const STEADY_AFTER_MS = 30_000;
const STOP_GRACE_MS = 8_000;
const LAST_LINES = 30;

/** Runs a process until told to stop, and starts it again whenever it ends by itself. */
export class SupervisedProcess {
  readonly #plan: ProcessPlan;
  readonly #log: LogFile;
  #child: ChildProcess | undefined;
  /** Resolves when all that the child had to say when it ended was taken in. */
  #heard: Promise<void> = Promise.resolve();
  #stopping = false;
  #backoffMs = FIRST_BACKOFF_MS;
  #lastLines: string[] = [];
  readonly #noticed = new Set<string>();

  constructor(plan: ProcessPlan) {
    this.#plan = plan;
    this.#log = new LogFile(join(plan.logDir, `${plan.name}.log`), plan.say);
  }

  /** Starts it for the first time; resolves when it is ready, throws with its last words when it ends before. */
  async start(): Promise<string> {
    const ready = await this.#spawn();
    this.#watch();
    return ready;
  }

  get name(): string {
    return this.#plan.name;
  }

  /** Ends it, politely first, and starts it anew; resolves when it is ready. */
  async restart(): Promise<void> {
    this.#stopping = true;
    await this.#end();
    this.#stopping = false;
    await this.start();
  }

  /** Ends it for good, politely first. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#end();
    removePidFile(this.#plan.runDir, this.#plan.name);
    await this.#log.close();
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && isRunning(child)) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const inTime = await Promise.race([
        ended.then(() => true),
        sleep(STOP_GRACE_MS, false, { ref: false }),
      ]);
      if (!inTime) {
        child.kill("SIGKILL");
        await ended;
      }
    }
    this.#endGroup();
    await this.#heard;
  }

  async #spawn(): Promise<string> {
    const plan = this.#plan;
    const child = spawn(findNode(), ["--import", PRELOAD, plan.program, ...plan.buildArgs()], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, ...plan.env },
      detached: true,
    });
    this.#child = child;
    this.#lastLines = [];
    if (child.pid !== undefined) writePidFile(plan.runDir, plan.name, child.pid);

    this.#heard = hearOut(child);
    const failed = once(child, "exit").then(async ([code, signal]) => {
      await this.#heard;
      throw new Error(
        `${plan.name} ended before it was ready (${signal ?? code}):\n${this.#lastLines.join("\n")}`,
      );
    });
    // Only of interest while nobody has seen the ready line.
    failed.catch(() => undefined);
    return Promise.race([this.#readOutput(child), failed]);
  }

  #readOutput(child: ChildProcess): Promise<string> {
    return new Promise((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        if (stream === null) continue;

        createInterface({ input: stream }).on("line", (line) => {
          this.#remember(line);
          this.#pass(line);
          const match = this.#plan.ready.exec(line);
          if (match !== null) resolve(match[1] ?? line);
        });
      }
    });
  }

  #pass(line: string): void {
    const notice = this.#plan.notice?.exec(line)?.[1];
    if (notice === undefined || this.#noticed.has(notice)) return;
    this.#noticed.add(notice);
    this.#plan.say(notice);
  }

  #remember(line: string): void {
    this.#log.write(line);
    this.#lastLines.push(line);
    if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
  }

  #watch(): void {
    const child = this.#child;
    if (child === undefined) return;

    const startedAt = performance.now();
    const onEnd = (): void => {
      if (performance.now() - startedAt > STEADY_AFTER_MS) this.#backoffMs = FIRST_BACKOFF_MS;

      void this.#heal(`${child.signalCode ?? `exit ${child.exitCode}`}`);
    };
    if (isRunning(child)) child.once("exit", onEnd);
    else onEnd();
  }

  async #heal(reason: string): Promise<void> {
    if (this.#stopping) return;

    this.#endGroup();
    this.#plan.say(`${this.#plan.name} ended (${reason}); starting it again`);
    await sleep(this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, this.#plan.maxBackoffMs ?? MAX_BACKOFF_MS);
    if (this.#stopping) return;

    try {
      await this.#spawn();
      this.#plan.say(`${this.#plan.name} is back`);
      this.#watch();
    } catch (error) {
      await this.#heal(error instanceof Error ? error.message : String(error));
    }
  }

  #endGroup(): void {
    if (this.#plan.ownsGroup && this.#child?.pid !== undefined) killGroup(this.#child.pid);
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
