import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Interface } from "node:readline";
import { Readable, Writable } from "node:stream";
import pLimit from "p-limit";
import { log } from "../log.ts";

const TIMEOUT_MS = 15_000;

/** What is told of a dialogue's program in the log, and what it may say without being asked. */
export interface DialogueOptions {
  name: string;
  /** Whether a line is news, and has been heard; any other is an answer. */
  onNews?: (line: string) => boolean;
  /** Called when nothing more will be heard of it. */
  onEnd?: () => void;
}

/**
 * Orders and answers of a program that is told what to do on its standard input, a line at a time. One that does not answer as it
 * should, or in time, is ended, and is no use any more.
 */
export class Dialogue {
  readonly #child: ChildProcess;
  readonly #orders: Writable;
  readonly #lines: Interface;
  readonly #said: string[] = [];
  readonly #oneAtATime = pLimit(1);
  #heard: (() => void) | undefined;
  #usable = true;

  constructor(child: ChildProcess, { name, onNews = () => false, onEnd = () => undefined }: DialogueOptions) {
    const { stdin, stdout } = child;
    if (!(stdin instanceof Writable) || !(stdout instanceof Readable)) throw new Error("a pipe is missing");
    this.#child = child;
    this.#orders = stdin.on("error", () => undefined);
    this.#lines = createInterface({ input: stdout }).on("line", (line) => {
      if (onNews(line)) return;
      this.#said.push(line);
      this.#heard?.();
    });
    this.#lines.once("close", () => {
      onEnd();
      this.#heard?.();
    });
    // What it had forked for the next order goes with it.
    child.once("error", () => this.stop());
    child.once("exit", () => this.stop());
    child.stderr?.setEncoding("utf8").on("data", (text: string) => log(name, { text: text.trim() }));
  }

  /** False when it has ended, or has once not done as it was told. */
  get isUsable(): boolean {
    return this.#usable;
  }

  /** Has one order after the other carried out. When one is not, the program is ended. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#oneAtATime(async () => {
      try {
        return await work();
      } catch (error) {
        this.stop();
        throw error;
      }
    });
  }

  /** Runs `work` when all that was asked for is done. */
  afterAll(work: () => void): Promise<void> {
    return this.#oneAtATime(work);
  }

  tell(line: string): void {
    this.#orders.write(`${line}\n`);
  }

  /** What follows the word in the next line. Throws when that begins with another, or does not come. */
  async expect(word: string): Promise<string> {
    const timer = setTimeout(() => this.stop(), TIMEOUT_MS);
    try {
      const answer = await this.#next();
      if (answer === undefined) throw new Error(`it ended before it said ${word}`);
      const [said, ...rest] = answer.split(" ");
      if (said !== word) throw new Error(answer);
      return rest.join(" ");
    } finally {
      clearTimeout(timer);
    }
  }

  async #next(): Promise<string | undefined> {
    if (this.#said.length === 0 && this.#usable) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#heard = resolve;
      await promise;
      this.#heard = undefined;
    }
    return this.#said.shift();
  }

  /** Ends it. What it has started for others goes on. */
  stop(): void {
    this.#usable = false;
    this.#orders.end();
    this.#lines.close();
    this.#child.stdout?.destroy();
    this.#child.kill("SIGKILL");
    this.#heard?.();
  }
}
