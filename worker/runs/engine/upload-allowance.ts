import { limits } from "#contract/limits";

/** Repeats are honest (the edge may have been away), so as much again as a run may leave is let through. */
const REPEATS = 2;

/**
 * How much a run may still hand over. The record counts what a run leaves; this counts what it sends, so that a script
 * with its run token cannot fill the storage with files it never names. Kept in memory: while somebody sends, the
 * object that counts is there.
 */
export class UploadAllowance {
  #files: number = limits.artifacts_per_run.value * REPEATS;
  #bytes: number = limits.artifacts_total_bytes.value * REPEATS;

  /** Takes one file of `bytes` off; false when it would be too much. */
  take(bytes: number): boolean {
    if (this.#files < 1 || bytes > this.#bytes) return false;
    this.#files -= 1;
    this.#bytes -= bytes;
    return true;
  }
}
