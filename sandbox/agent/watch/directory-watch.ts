import { lstatSync, readdirSync, statSync, watch } from "node:fs";
import type { BigIntStats, FSWatcher } from "node:fs";
import { posix } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import { errnoOf } from "../errno.ts";

/** What happened to an entry, in the words of E2B's API. */
export type ChangeKind = "create" | "write" | "remove" | "rename" | "chmod";

export interface DirectoryWatch {
  close(): void;
}

interface WatchOptions {
  recursive: boolean;
  /** `name` is relative to the watched directory, `path` absolute. */
  onChange: (kind: ChangeKind, name: string, path: string) => void;
  /** The watch is over: the directory is gone or there are too many. */
  onFailure: (error: unknown) => void;
}

const MAX_DIRECTORIES = 2_000;
/** The two halves of a rename arrive in one batch; a disappearance waits this long for its other half. */
const RENAME_WINDOW_MS = 20;

/** Watches one directory, or with `recursive` its whole tree. Throws when it is missing or not a directory. */
export function watchDirectory(root: string, options: WatchOptions): DirectoryWatch {
  if (!statSync(root).isDirectory())
    throw new ConnectError(`path is not a directory: ${root}`, Code.InvalidArgument);

  const tree = new WatchedTree(root, options);
  tree.add(root);
  return tree;
}

/**
 * Node reports only "something changed" and "a name came or went". The tree remembers each entry's last known
 * state and works out which of the five changes it was.
 */
class WatchedTree implements DirectoryWatch {
  readonly #root: string;
  readonly #options: WatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #known = new Map<string, BigIntStats>();
  /** Entries that disappeared, by inode, until it is clear whether they were renamed or removed. */
  readonly #missing = new Map<string, { path: string; timer: NodeJS.Timeout }>();

  constructor(root: string, options: WatchOptions) {
    this.#root = root;
    this.#options = options;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    for (const { timer } of this.#missing.values()) clearTimeout(timer);
    this.#watchers.clear();
    this.#missing.clear();
    this.#known.clear();
  }

  /** Starts watching a directory; its present entries are known, not new. */
  add(dir: string): void {
    this.#watchOne(dir);
    for (const path of childrenOf(dir)) {
      const stat = lstatIfThere(path);
      if (stat === undefined) continue;
      this.#known.set(path, stat);
      if (this.#options.recursive && stat.isDirectory()) this.add(path);
    }
  }

  #watchOne(dir: string): void {
    if (this.#watchers.size >= MAX_DIRECTORIES)
      throw new ConnectError(`more than ${MAX_DIRECTORIES} folders to watch`, Code.ResourceExhausted);

    const watcher = watch(dir, (event, name) => {
      if (name === null) return;
      this.#guard(() => this.#changed(event, posix.join(dir, name), dir));
    });
    watcher.on("error", (error) => this.#options.onFailure(error));
    this.#watchers.set(dir, watcher);
  }

  #guard(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.#options.onFailure(error);
    }
  }

  #changed(event: "rename" | "change", path: string, dir: string): void {
    const before = this.#known.get(path);
    const now = lstatIfThere(path);
    if (now === undefined) {
      if (before !== undefined) this.#disappeared(path, before);
      // A watched directory that goes away reports its own name; only the root ends the watch.
      if (before === undefined && dir === this.#root) this.#failIfRootGone();
      return;
    }
    this.#known.set(path, now);
    if (before === undefined || (event === "rename" && before.ino !== now.ino)) this.#appeared(path, now);
    else if (event === "change") this.#emit(contentChanged(before, now) ? "write" : "chmod", path);
  }

  #appeared(path: string, stat: BigIntStats): void {
    const missing = this.#missing.get(inodeKey(stat));
    if (missing !== undefined) {
      clearTimeout(missing.timer);
      this.#missing.delete(inodeKey(stat));
      this.#forgetTree(missing.path);
      this.#emit("rename", missing.path);
    }
    this.#emit("create", path);
    if (this.#options.recursive && stat.isDirectory()) this.#addNew(path);
  }

  /** Entries made before the new directory's watch began are announced here, each once. */
  #addNew(dir: string): void {
    if (!this.#watchers.has(dir)) this.#watchOne(dir);
    for (const path of childrenOf(dir)) {
      const stat = lstatIfThere(path);
      if (stat === undefined || this.#known.has(path)) continue;
      this.#known.set(path, stat);
      this.#emit("create", path);
      if (stat.isDirectory()) this.#addNew(path);
    }
  }

  #disappeared(path: string, before: BigIntStats): void {
    this.#known.delete(path);
    const timer = setTimeout(() => {
      this.#missing.delete(inodeKey(before));
      this.#forgetTree(path);
      this.#emit("remove", path);
    }, RENAME_WINDOW_MS);
    this.#missing.set(inodeKey(before), { path, timer });
  }

  #forgetTree(dir: string): void {
    for (const [watched, watcher] of this.#watchers) {
      if (watched !== dir && !watched.startsWith(`${dir}/`)) continue;
      watcher.close();
      this.#watchers.delete(watched);
    }
    for (const path of this.#known.keys()) if (path.startsWith(`${dir}/`)) this.#known.delete(path);
  }

  #failIfRootGone(): void {
    if (lstatIfThere(this.#root) !== undefined) return;
    this.#options.onFailure(new ConnectError(`the watched directory is gone: ${this.#root}`, Code.NotFound));
  }

  #emit(kind: ChangeKind, path: string): void {
    this.#options.onChange(kind, posix.relative(this.#root, path), path);
  }
}

/** A change of attributes moves only the change time; everything else is taken for a write. */
function contentChanged(before: BigIntStats, now: BigIntStats): boolean {
  const sameContent = before.mtimeNs === now.mtimeNs && before.size === now.size;
  return !(sameContent && before.ctimeNs !== now.ctimeNs);
}

function inodeKey(stat: BigIntStats): string {
  return `${stat.dev}:${stat.ino}`;
}

function childrenOf(dir: string): string[] {
  try {
    return readdirSync(dir).map((name) => posix.join(dir, name));
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return [];
    throw error;
  }
}

function lstatIfThere(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}
