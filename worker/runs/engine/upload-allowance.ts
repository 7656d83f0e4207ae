import { limits } from "#contract/limits";
import type { RunStorage, Uploads } from "../record/run-storage.ts";

/** Repeats are honest (the edge may have been away), so as much again as an attempt may leave is let through. */
const REPEATS = 2;
const MOST_FILES = limits.artifacts_per_run.value * REPEATS;
const MOST_BYTES = limits.artifacts_total_bytes.value * REPEATS;
/** Taken off in storage at a time, so that an attempt's uploads cost a row or two and not one each. */
const AHEAD_FILES = 50;
const AHEAD_BYTES = limits.artifact_bytes.value;

/** Where it is kept what was let through. */
export type UploadMemory = Pick<RunStorage, "uploads" | "saveUploads">;

/**
 * How much an attempt may still hand over. The record counts what a run leaves; this counts what it sends, so that a
 * script with its run token cannot fill the storage with files it never names. What is taken off is written down first,
 * some files ahead: an object that goes away forgets at most what it had not let through yet.
 */
export class UploadAllowance {
  readonly #memory: UploadMemory;
  #sent: Uploads | null = null;
  #written: Uploads | null = null;

  constructor(memory: UploadMemory) {
    this.#memory = memory;
  }

  /** Takes one file of `bytes` off; false when it would be too much. */
  take(attempt: number, bytes: number): boolean {
    const sent = this.#open(attempt);
    const next = { attempt, files: sent.files + 1, bytes: sent.bytes + bytes };
    if (next.files > MOST_FILES || next.bytes > MOST_BYTES) return false;
    this.#sent = next;
    if (this.#written === null || next.files > this.#written.files || next.bytes > this.#written.bytes)
      this.#write(next);
    return true;
  }

  /** What was sent so far: of an object that came back, all that is written down. */
  #open(attempt: number): Uploads {
    if (this.#sent?.attempt === attempt) return this.#sent;
    const kept = this.#memory.uploads();
    this.#written = kept?.attempt === attempt ? kept : null;
    return this.#written ?? { attempt, files: 0, bytes: 0 };
  }

  #write({ attempt, files, bytes }: Uploads): void {
    this.#written = {
      attempt,
      files: Math.min(MOST_FILES, files + AHEAD_FILES - 1),
      bytes: Math.min(MOST_BYTES, bytes + AHEAD_BYTES),
    };
    this.#memory.saveUploads(this.#written);
  }
}
