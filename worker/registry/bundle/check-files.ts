import { formatLimit, limits } from "#contract/limits";
import type { BundleProblem } from "./bundle-file.ts";
import { foldPath, whyUnsafePath } from "#contract/safe-path";
import { looksSecret } from "./secret-files.ts";

/** What the rules need to know of a file; the size is that of its content. */
export interface FileFacts {
  path: string;
  size: number;
}

const NODE_MODULES = /(^|\/)node_modules\//;

/** Every reason why these files cannot be a bundle together: names, clashes, secrets, limits. */
export function checkFiles(files: readonly FileFacts[]): BundleProblem[] {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return [
    ...files.flatMap((file) => checkFile(file)),
    ...findClashes(files.map((file) => file.path).filter((path) => whyUnsafePath(path) === null)),
    ...(files.length > limits.bundle_files.value ? [tooManyFiles()] : []),
    ...(total > limits.bundle_total_bytes.value ? [bundleTooLarge()] : []),
  ];
}

function checkFile({ path, size }: FileFacts): BundleProblem[] {
  const reason = whyUnsafePath(path);
  const problems = reason === null ? [] : [badPath(path, reason)];
  if (size > limits.bundle_file_bytes.value) problems.push(fileTooLarge(path));
  if (looksSecret(path) && !NODE_MODULES.test(path)) problems.push(secretFile(path));
  return problems;
}

/**
 * Two names for one file, and a file where another file needs a folder. Takes paths that are good by themselves: they
 * are short. Keeps no folder that is not a file's name as well, so memory grows with the files, not with their depth.
 */
function findClashes(paths: readonly string[]): BundleProblem[] {
  const seen = new Map<string, string>();
  const problems: BundleProblem[] = [];
  for (const path of paths) {
    const folded = foldPath(path);
    const other = seen.get(folded);
    if (other !== undefined) problems.push(clash(path, other));
    seen.set(folded, path);
  }
  const needed = findNeededFolders(paths, seen);
  for (const [folded, path] of seen) {
    const below = needed.get(folded);
    if (below !== undefined) problems.push(clash(path, below));
  }
  return problems;
}

/** Of the names in `files` those that some path needs as a folder, with the last such path. */
function findNeededFolders(
  paths: readonly string[],
  files: ReadonlyMap<string, string>,
): Map<string, string> {
  const needed = new Map<string, string>();
  for (const path of paths) {
    const folded = foldPath(path);
    for (let end = folded.indexOf("/"); end !== -1; end = folded.indexOf("/", end + 1)) {
      const folder = folded.slice(0, end);
      if (files.has(folder)) needed.set(folder, path);
    }
  }
  return needed;
}

export function badPath(file: string, reason: string): BundleProblem {
  return { file, code: "bad_path", message: `The path ${reason}.`, fix: "Rename the file or leave it out." };
}

export function fileTooLarge(file: string): BundleProblem {
  return {
    file,
    code: "file_too_large",
    message: `The file is larger than ${formatLimit("bundle_file_bytes")}.`,
    fix: "Leave it out, or let the worker fetch it when it runs.",
  };
}

export function bundleTooLarge(): BundleProblem {
  return {
    file: "",
    code: "bundle_too_large",
    message: `The files are larger than ${formatLimit("bundle_total_bytes")} together.`,
    fix: "Leave out what the worker does not need, e.g. with a .floomignore file.",
  };
}

export function tooManyFiles(): BundleProblem {
  return {
    file: "",
    code: "too_many_files",
    message: `There are more than ${formatLimit("bundle_files")}.`,
    fix: "Leave out what the worker does not need, e.g. with a .floomignore file.",
  };
}

function secretFile(file: string): BundleProblem {
  return {
    file,
    code: "secret_file",
    message: "The file looks as if it held a secret.",
    fix: "Leave it out, name what the worker needs in exec.secrets, and set it: floom secrets set NAME, or floom secrets import .env.",
  };
}

function clash(file: string, other: string): BundleProblem {
  const isSame = file === other;
  return {
    file,
    code: "path_clash",
    message: isSame
      ? "The file is there twice."
      : `The path cannot be kept apart from ${other} on every system.`,
    fix: "Rename or remove one of the two.",
  };
}
