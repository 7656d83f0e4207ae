import { lstatSync, statSync } from "node:fs";
import { posix } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import { errnoOf } from "../errno.ts";
import { IN, Inotify, SETTLED } from "./inotify.ts";
import type { InotifyEvent, WatchedFolder } from "./inotify.ts";

/** What happened to an entry, in the words of E2B's API. */
export type ChangeKind = "create" | "write" | "remove" | "rename" | "chmod";

export interface DirectoryWatch {
  close(): void;
}

interface WatchOptions {
  recursive: boolean;
  /** `name` is relative to the watched directory, "." for itself; `path` is absolute. */
  onChange: (kind: ChangeKind, name: string, path: string) => void;
  /** The watch is over: the directory is gone or there are too many. */
  onFailure: (error: unknown) => void;
}

const MAX_DIRECTORIES = 2_000;

/** E2B's word for each of the kernel's; what is not here is not told. */
const KINDS: readonly (readonly [bits: number, kind: ChangeKind])[] = [
  [IN.CREATE | IN.MOVED_TO, "create"],
  [IN.MOVED_FROM | IN.MOVE_SELF, "rename"],
  [IN.ATTRIB, "chmod"],
  [IN.MODIFY, "write"],
  [IN.DELETE, "remove"],
];

/** The change that an event tells of, undefined for none. */
export function kindOf(mask: number): ChangeKind | undefined {
  return KINDS.find(([bits]) => (mask & bits) !== 0)?.[1];
}

/**
 * Watches one directory, or with `recursive` its whole tree; resolves when the watch holds. Rejects when it is missing
 * or not a directory.
 */
export async function watchDirectory(root: string, options: WatchOptions): Promise<DirectoryWatch> {
  if (!statSync(root).isDirectory())
    throw new ConnectError(`path is not a directory: ${root}`, Code.InvalidArgument);

  const tree = new WatchedTree(root, options);
  try {
    await tree.add(root, { announce: false });
    return tree;
  } catch (error) {
    tree.close();
    throw error;
  }
}

const inotify = new Inotify();

/** A folder of the tree, and entries that were told of before the kernel's own word of them may come. */
interface Branch {
  folder: WatchedFolder | undefined;
  announced: Set<string>;
}

/** Passes the kernel's events on as they come, and takes directories that are made later into the watch. */
class WatchedTree implements DirectoryWatch {
  readonly #root: string;
  readonly #options: WatchOptions;
  readonly #branches = new Map<string, Branch>();
  #isClosed = false;

  constructor(root: string, options: WatchOptions) {
    this.#root = root;
    this.#options = options;
  }

  close(): void {
    this.#isClosed = true;
    for (const { folder } of this.#branches.values()) folder?.close();
    this.#branches.clear();
  }

  /** Watches a directory. What is in it is known, or with `announce` as new as the directory itself. */
  async add(dir: string, { announce }: { announce: boolean }): Promise<void> {
    if (this.#branches.size >= MAX_DIRECTORIES)
      throw new ConnectError(`more than ${MAX_DIRECTORIES} folders to watch`, Code.ResourceExhausted);

    const branch: Branch = { folder: undefined, announced: new Set() };
    this.#branches.set(dir, branch);
    const folder = await inotify.watch(dir, (event) => this.#happened(dir, branch, event));
    if (this.#branches.get(dir) !== branch) return folder.close();
    branch.folder = folder;
    const paths = folder.entries.map((name) => posix.join(dir, name));
    if (announce) {
      branch.announced = new Set(folder.entries);
      for (const path of paths) this.#emit("create", path);
    }
    if (!this.#options.recursive) return;
    const below = paths.filter((path) => isDirectory(path) && !this.#branches.has(path));
    await Promise.all(below.map((path) => this.#addOrMiss(path, announce)));
  }

  /** A directory that is gone again before it could be watched is not part of the tree. */
  async #addOrMiss(dir: string, announce: boolean): Promise<void> {
    try {
      await this.add(dir, { announce });
    } catch (error) {
      this.#forget(dir);
      if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "ENOTDIR") throw error;
    }
  }

  #happened(dir: string, branch: Branch, { mask, name }: InotifyEvent): void {
    if (this.#isClosed || this.#branches.get(dir) !== branch) return;
    if ((mask & IN.Q_OVERFLOW) !== 0) {
      this.#options.onFailure(new ConnectError("events were lost", Code.ResourceExhausted));
      return;
    }
    if (mask === SETTLED) return branch.announced.clear();
    if (name === "") return this.#happenedToItself(dir, mask);
    const path = posix.join(dir, name);
    const kind = kindOf(mask);
    if (kind === undefined) return;
    const wasTold = branch.announced.delete(name);
    if (kind !== "create" || !wasTold) this.#emit(kind, path);
    if ((mask & IN.ISDIR) === 0 || !this.#options.recursive) return;
    if (kind === "rename" || kind === "remove") this.#forget(path);
    if (kind === "create" && !this.#branches.has(path))
      this.#addOrMiss(path, true).catch((error: unknown) => this.#options.onFailure(error));
  }

  /** Of a directory below the root its parent tells. */
  #happenedToItself(dir: string, mask: number): void {
    if (dir !== this.#root) return;
    if ((mask & IN.DELETE_SELF) !== 0) {
      const gone = new ConnectError(`the watched directory is gone: ${this.#root}`, Code.NotFound);
      return this.#options.onFailure(gone);
    }
    const kind = kindOf(mask);
    if (kind !== undefined) this.#emit(kind, dir);
  }

  #forget(dir: string): void {
    for (const [watched, { folder }] of this.#branches) {
      if (watched !== dir && !watched.startsWith(`${dir}/`)) continue;
      folder?.close();
      this.#branches.delete(watched);
    }
  }

  #emit(kind: ChangeKind, path: string): void {
    this.#options.onChange(kind, posix.relative(this.#root, path) || ".", path);
  }
}

/** Links are not followed: one to a parent would never end. */
function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
