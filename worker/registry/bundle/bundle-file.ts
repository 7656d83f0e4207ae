/** One file of a worker's folder. */
export interface BundleFile {
  /** Relative to the folder, with / between steps. */
  path: string;
  bytes: Uint8Array;
  executable: boolean;
}

/** Why a file, or the bundle as a whole (file is then empty), cannot be accepted. */
export interface BundleProblem {
  file: string;
  code: string;
  message: string;
  fix: string;
}

/** Codes of problems that are a limit, not a mistake. */
const TOO_LARGE = new Set(["file_too_large", "bundle_too_large", "too_many_files", "zip_too_large"]);

export function isTooLarge(problem: BundleProblem): boolean {
  return TOO_LARGE.has(problem.code);
}
