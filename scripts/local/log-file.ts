import { createWriteStream, mkdirSync, renameSync, statSync } from "node:fs";
import type { WriteStream } from "node:fs";
import { dirname } from "node:path";

const MAX_LOG_BYTES = 20 * 1024 * 1024;

/** Appends lines to a file that keeps one older half, so that a chatty process cannot fill the disk. */
export class LogFile {
  readonly #file: string;
  #stream: WriteStream;
  #sizeBytes: number;

  constructor(file: string) {
    this.#file = file;
    mkdirSync(dirname(file), { recursive: true });
    this.#sizeBytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    this.#stream = createWriteStream(file, { flags: "a", mode: 0o600 });
  }

  write(line: string): void {
    if (this.#sizeBytes > MAX_LOG_BYTES) this.#turnOver();

    this.#sizeBytes += Buffer.byteLength(line) + 1;
    this.#stream.write(`${line}\n`);
  }

  close(): void {
    this.#stream.end();
  }

  #turnOver(): void {
    this.#stream.end();
    renameSync(this.#file, `${this.#file}.1`);
    this.#stream = createWriteStream(this.#file, { flags: "a", mode: 0o600 });
    this.#sizeBytes = 0;
  }
}
