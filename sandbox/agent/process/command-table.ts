import { Code, ConnectError } from "@connectrpc/connect";
import type { ProcessSelector } from "../../gen/process_pb.ts";
import type { Command } from "./command.ts";

const ENDED_RETENTION_MS = 10 * 60_000;
const MAX_ENDED_COMMANDS = 256;
/** Memory for all journals together: the agent's share of the sandbox. */
const TOTAL_JOURNAL_BYTES = 16 * 1024 * 1024;
const MIN_JOURNAL_BYTES = 128 * 1024;

/**
 * The sandbox's commands, running and recently ended. Ended ones stay for ten minutes, so that a client that
 * lost its stream can still fetch the output and the exit code; the oldest go first when memory is short.
 */
export class CommandTable {
  readonly #running = new Map<number, Command>();
  readonly #ended = new Map<number, Command>();
  /** A timer holds on to its command, so it goes when the command is forgotten early. */
  readonly #forgetTimers = new Map<Command, NodeJS.Timeout>();
  readonly #journalLimitBytes: number;

  constructor(journalLimitBytes: number) {
    this.#journalLimitBytes = journalLimitBytes;
  }

  /** What one journal may hold now: its own limit, or less when many commands share the memory. */
  readonly journalShareBytes = (): number => {
    const share = Math.floor(TOTAL_JOURNAL_BYTES / (this.#running.size + 1));
    return Math.min(this.#journalLimitBytes, Math.max(MIN_JOURNAL_BYTES, share));
  };

  add(command: Command): void {
    const former = this.#ended.get(command.pid);
    if (former !== undefined) this.#forget(former);
    this.#running.set(command.pid, command);
    command.onceEnded(() => this.#retire(command));
  }

  running(): Command[] {
    return [...this.#running.values()];
  }

  /** The running command of that selector. Throws `not_found`, also for an ended one. */
  findRunning(selector: ProcessSelector | undefined): Command {
    return find([this.#running], selector);
  }

  /** The running or recently ended command of that selector. Throws `not_found`. */
  findAny(selector: ProcessSelector | undefined): Command {
    return find([this.#running, this.#ended], selector);
  }

  forgetEnded(): void {
    for (const command of this.#ended.values()) this.#forget(command);
  }

  #retire(command: Command): void {
    if (this.#running.get(command.pid) === command) this.#running.delete(command.pid);
    this.#ended.set(command.pid, command);
    this.#forgetTimers.set(command, setTimeout(() => this.#forget(command), ENDED_RETENTION_MS).unref());
    this.#forgetOldest();
  }

  #forgetOldest(): void {
    let costBytes = 0;
    for (const command of this.#ended.values()) costBytes += command.journal.costBytes;
    for (const command of this.#ended.values()) {
      if (costBytes <= TOTAL_JOURNAL_BYTES && this.#ended.size <= MAX_ENDED_COMMANDS) return;
      costBytes -= command.journal.costBytes;
      this.#forget(command);
    }
  }

  #forget(command: Command): void {
    if (this.#ended.get(command.pid) === command) this.#ended.delete(command.pid);
    clearTimeout(this.#forgetTimers.get(command));
    this.#forgetTimers.delete(command);
  }
}

function find(tables: Map<number, Command>[], selector: ProcessSelector | undefined): Command {
  const wanted = selector?.selector;
  for (const table of tables) {
    const command =
      wanted?.case === "pid"
        ? table.get(wanted.value)
        : [...table.values()].find((candidate) => wanted?.case === "tag" && candidate.tag === wanted.value);
    if (command !== undefined) return command;
  }
  throw new ConnectError(`process with ${describeSelector(wanted)} not found`, Code.NotFound);
}

function describeSelector(wanted: ProcessSelector["selector"] | undefined): string {
  return wanted?.case === undefined ? "no selector" : `${wanted.case} ${wanted.value}`;
}
