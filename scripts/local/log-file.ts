import { createWriteStream, mkdirSync, renameSync, statSync } from "node:fs";
import type { WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { dirname } from "node:path";

const MAX_LOG_BYTES = 20 * 1024 * 1024;

/**
 * Appends lines to a file that keeps one older half, so that a chatty process cannot fill the disk. A file that cannot be
 * written costs the lines and nothing else: it is said once, and tried again with the next line.
 */
export class LogFile {
  readonly #file: string;
  readonly #say: (line: string) => void;
  #stream: WriteStream | undefined;
  #sizeBytes = 0;
  #isClosed = false;
  #hasSaid = false;

  constructor(file: string, say: (line: string) => void) {
    this.#file = file;
    this.#say = say;
    this.#open();
  }

  /** Whatever comes after `close` is dropped: a process may have more to say than anybody waits for. */
  write(line: string): void {
    if (this.#isClosed) return;
    if (this.#sizeBytes > MAX_LOG_BYTES) this.#turnOver();

    if (this.#stream === undefined) this.#open();
    this.#sizeBytes += Buffer.byteLength(line) + 1;
    this.#stream?.write(`${line}\n`);
  }

  /** Resolves when all that was written is in the file. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const stream = this.#stream;
    if (stream === undefined) return;
    stream.end();
    await finished(stream).catch(() => undefined);
  }

  #open(): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      this.#sizeBytes = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    } catch (error) {
      return this.#fail(error);
    }
    const stream = createWriteStream(this.#file, { flags: "a", mode: 0o600 });
    stream.on("error", (error) => {
      if (this.#stream === stream) this.#stream = undefined;
      this.#fail(error);
    });
    this.#stream = stream;
  }

  #fail(error: unknown): void {
    if (this.#hasSaid) return;
    this.#hasSaid = true;
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    this.#say(`${this.#file} cannot be written (${code}); what would stand there is lost until it can be`);
  }

  #turnOver(): void {
    this.#stream?.end();
    this.#stream = undefined;
    try {
      renameSync(this.#file, `${this.#file}.1`);
    } catch (error) {
      this.#fail(error);
    }
  }
}
