import { foldPath, whyUnsafePath } from "#contract/safe-path";
import { formatLimit, limits } from "#contract/limits";
import type { ProblemError } from "#contract/problem";

/** What a file of a context holds. */
export interface TreeFile {
  path: string;
  sha256: string;
  /** Bytes. */
  size: number;
  /** It looked as if it held a secret, and somebody allowed it. */
  warned: boolean;
}

/** Files by their paths: a context in one of its versions. */
export type Tree = ReadonlyMap<string, TreeFile>;

/** What becomes of a context: files that are written, and paths that go. */
export interface TreeChange {
  puts: readonly TreeFile[];
  removes: readonly string[];
}

export interface TreeFacts {
  fileCount: number;
  totalBytes: number;
}

export function toTree(files: readonly TreeFile[]): Tree {
  return new Map(files.map((file) => [file.path, file]));
}

/** What of a change is one: what is there already as it is to be, and what is not there to go, is left out. Pure. */
export function narrowChange(tree: Tree, { puts, removes }: TreeChange): TreeChange {
  return {
    puts: puts.filter(({ path, sha256 }) => tree.get(path)?.sha256 !== sha256),
    removes: removes.filter((path) => tree.has(path) && !puts.some((put) => put.path === path)),
  };
}

/** The files after a change. Pure. */
export function applyChange(tree: Tree, { puts, removes }: TreeChange): Tree {
  const next = new Map(tree);
  for (const path of removes) next.delete(path);
  for (const file of puts) next.set(file.path, file);
  return next;
}

/** What has to be done to have the files of `target`. Pure. */
export function diffTrees(tree: Tree, target: Tree): TreeChange {
  return narrowChange(tree, {
    puts: [...target.values()],
    removes: [...tree.keys()].filter((path) => !target.has(path)),
  });
}

export function measureTree(tree: Tree): TreeFacts {
  return {
    fileCount: tree.size,
    totalBytes: [...tree.values()].reduce((sum, { size }) => sum + size, 0),
  };
}

/**
 * One line per file, sorted: `<sha256> <path as JSON>`. The same files have the same text, whoever wrote them in whichever
 * order; JSON keeps a path with a line break from passing for two. Pure.
 */
export function describeTree(tree: Tree): string {
  const paths = [...tree.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  return paths.map((path) => `${tree.get(path)?.sha256} ${JSON.stringify(path)}\n`).join("");
}

/** Every reason why a context cannot have these files, given what a change puts there. Pure. */
export function judgeTree(next: Tree, puts: readonly Pick<TreeFile, "path" | "size">[]): ProblemError[] {
  const { fileCount, totalBytes } = measureTree(next);
  const errors = puts.flatMap(({ path, size }): ProblemError[] => {
    const reason = whyUnsafePath(path);
    if (reason !== null)
      return [{ pointer: "", file: path, code: "bad_path", detail: `The path ${reason}.` }];
    if (size <= limits.context_file_bytes.value) return [];
    const detail = `The file is larger than ${formatLimit("context_file_bytes")}.`;
    return [{ pointer: "", file: path, code: "file_too_large", detail }];
  });
  errors.push(...findClashes([...next.keys()]));
  if (fileCount > limits.context_files.value)
    errors.push(whole("too_many_files", `There would be more than ${formatLimit("context_files")}.`));
  if (totalBytes > limits.context_total_bytes.value) {
    const most = formatLimit("context_total_bytes");
    errors.push(whole("context_too_large", `The files would be larger than ${most} together.`));
  }
  return errors;
}

function whole(code: string, detail: string): ProblemError {
  return { pointer: "", code, detail };
}

/** Two names for one file on some systems, and a file where another file needs a folder. */
function findClashes(paths: readonly string[]): ProblemError[] {
  const seen = new Map<string, string>();
  const errors: ProblemError[] = [];
  const clash = (path: string, other: string) =>
    errors.push({
      pointer: "",
      file: path,
      code: "path_clash",
      detail: `The path cannot be kept apart from ${other} on every system.`,
    });
  for (const path of paths) {
    const other = seen.get(foldPath(path));
    if (other !== undefined) clash(path, other);
    seen.set(foldPath(path), path);
  }
  for (const path of paths) {
    const folded = foldPath(path);
    for (let end = folded.indexOf("/"); end !== -1; end = folded.indexOf("/", end + 1)) {
      const above = seen.get(folded.slice(0, end));
      if (above !== undefined) clash(path, above);
    }
  }
  return errors;
}
