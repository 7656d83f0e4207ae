import type { ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import type { ActiveClock } from "../active-clock.ts";
import { errnoOf } from "../errno.ts";
import { describeExit } from "./command-end.ts";
import type { CommandEnd } from "./command-end.ts";
import { OutputJournal } from "./output-journal.ts";
import type { OutputStream } from "./output-journal.ts";

/** What was asked to run, as it is shown by `List`. */
export interface CommandConfig {
  cmd: string;
  args: string[];
  envs: Record<string, string>;
  cwd: string | undefined;
}

/** The agent's ends of a started command's pipes, and the child itself. */
export interface CommandHandles {
  child: ChildProcess;
  pid: number;
  stdoutFd: number;
  stderrFd: number;
  stdinFd: number | undefined;
}

/** Output still arriving this long after a kill comes from processes that left the group: not waited for. */
const KILLED_DRAIN_MS = 250;
const MAX_PENDING_STDIN_BYTES = 4 * 1024 * 1024;

/**
 * One command: its process group, its output journal and its standard input.
 * It ends when its leader has exited *and* its outputs are closed, as in E2B: a background child that keeps
 * them open keeps the command open, unless the command was killed.
 */
export class Command {
  readonly pid: number;
  readonly config: CommandConfig;
  readonly tag: string | undefined;
  readonly journal: OutputJournal;
  /** Settled as soon as the leader is reaped, before the outputs are drained. */
  readonly exited: Promise<void>;
  readonly #outputs: Socket[];
  readonly #stdin: Socket | undefined;
  #openOutputs: number;
  #exit: { code: number | null; signal: NodeJS.Signals | null } | undefined;
  #end: CommandEnd | undefined;
  #killed = false;
  #killReason: string | undefined;
  #onEnd: (() => void) | undefined;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(
    handles: CommandHandles,
    options: { config: CommandConfig; tag: string | undefined; journalLimitBytes: () => number },
  ) {
    this.pid = handles.pid;
    this.config = options.config;
    this.tag = options.tag;
    this.journal = new OutputJournal({
      limitBytes: options.journalLimitBytes,
      onPressure: (paused) => this.#setPaused(paused),
    });
    this.#outputs = [
      this.#readOutput("stdout", handles.stdoutFd),
      this.#readOutput("stderr", handles.stderrFd),
    ];
    this.#openOutputs = this.#outputs.length;
    this.#stdin = handles.stdinFd === undefined ? undefined : openStdin(handles.stdinFd);
    this.exited = new Promise((resolve) => {
      handles.child.once("exit", (code, signal) => {
        this.#exit = { code, signal };
        resolve();
        this.#afterExit();
      });
    });
  }

  /** How the command ended, undefined while it runs or its outputs are open. */
  get end(): CommandEnd | undefined {
    return this.#end;
  }

  onceEnded(listener: () => void): void {
    this.#onEnd = listener;
  }

  /**
   * Kills the command's process group after that much active time, unless it has ended. Zero or less kills at
   * once.
   */
  killAfter(timeoutMs: number, clock: Pick<ActiveClock, "activeMs">): void {
    const killAtActiveMs = clock.activeMs() + timeoutMs;
    const arm = () => {
      const leftMs = killAtActiveMs - clock.activeMs();
      if (leftMs <= 0) this.kill("SIGKILL");
      else this.#killTimer = setTimeout(arm, leftMs);
    };
    arm();
  }

  /** Signals the whole process group. `reason` is added to the error the command ends with. */
  kill(signal: "SIGTERM" | "SIGKILL", reason?: string): void {
    if (signal === "SIGKILL") this.#killed = true;
    if (reason !== undefined) this.noteKill(reason);
    signalGroup(this.pid, signal);
    if (this.#exit !== undefined) this.#afterExit();
  }

  /** Records why one of this command's processes was killed by a guard. */
  noteKill(reason: string): void {
    this.#killReason ??= reason;
  }

  /** Writes to standard input; settles when the pipe has taken the bytes. Throws RPC errors. */
  async writeStdin(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const stdin = this.#openStdinOrThrow();
    if (stdin.writableLength > MAX_PENDING_STDIN_BYTES)
      throw new ConnectError("the command does not read its standard input", Code.ResourceExhausted);

    await new Promise<void>((resolve, reject) => {
      const stop = () => reject(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
      stdin.write(bytes, (error) => {
        signal.removeEventListener("abort", stop);
        if (error) reject(new ConnectError(`cannot write standard input: ${error.message}`, Code.Aborted));
        else resolve();
      });
    });
  }

  /** Ends standard input once everything written has been taken. */
  closeStdin(): void {
    this.#openStdinOrThrow().end();
  }

  #openStdinOrThrow(): Socket {
    if (this.#stdin === undefined)
      throw new ConnectError("the command was started without standard input", Code.FailedPrecondition);

    if (!this.#stdin.writable) throw new ConnectError("standard input is closed", Code.FailedPrecondition);
    return this.#stdin;
  }

  #readOutput(stream: OutputStream, fd: number): Socket {
    const socket = new Socket({ fd, readable: true, writable: false });
    socket.on("data", (bytes: Buffer) => this.journal.append(stream, bytes));
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      this.#openOutputs -= 1;
      this.#endWhenDone();
    });
    return socket;
  }

  #setPaused(paused: boolean): void {
    for (const output of this.#outputs) {
      if (paused) output.pause();
      else output.resume();
    }
  }

  #afterExit(): void {
    clearTimeout(this.#killTimer);
    this.#stdin?.destroy();
    if (this.#killed || this.#exit?.signal === "SIGKILL")
      setTimeout(() => this.#closeOutputs(), KILLED_DRAIN_MS).unref();

    this.#endWhenDone();
  }

  #closeOutputs(): void {
    for (const output of this.#outputs) output.destroy();
  }

  #endWhenDone(): void {
    if (this.#end !== undefined || this.#exit === undefined || this.#openOutputs > 0) return;
    this.#end = describeExit(this.#exit, this.#killReason);
    this.#onEnd?.();
    this.journal.notify();
  }
}

function openStdin(fd: number): Socket {
  const socket = new Socket({ fd, readable: false, writable: true });
  socket.on("error", () => socket.destroy());
  return socket;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}
