import { sha256Hex } from "../../platform/crypto.ts";

/**
 * One file of a worker's folder. What is in it is read when it is needed: a whole bundle may be half of the memory
 * that the edge has.
 */
export interface BundleFile {
  /** Relative to the folder, with / between steps. */
  path: string;
  /** Bytes. */
  size: number;
  executable: boolean;
  read: () => Promise<Uint8Array>;
  /** Hex SHA-256 of the content. */
  hash: () => Promise<string>;
}

/** A file whose content is in memory already. */
export function fileOf(path: string, bytes: Uint8Array, executable = false): BundleFile {
  return {
    path,
    size: bytes.byteLength,
    executable,
    read: () => Promise.resolve(bytes),
    hash: () => sha256Hex(bytes),
  };
}

/** Why a file, or the bundle as a whole (file is then empty), cannot be accepted. */
export interface BundleProblem {
  file: string;
  code: string;
  message: string;
  fix: string;
  /** Where in the file, counted from 1, for a file of keys and values. */
  line?: number;
  column?: number;
}

/** Codes of problems that are a limit, not a mistake. */
const TOO_LARGE = new Set(["file_too_large", "bundle_too_large", "too_many_files", "zip_too_large"]);

export function isTooLarge(problem: BundleProblem): boolean {
  return TOO_LARGE.has(problem.code);
}
