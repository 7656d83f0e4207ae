import { lstatSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { posix } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { EntryInfo, Filesystem } from "../../gen/filesystem_pb.ts";
import { entryInfo } from "./entry-info.ts";
import type { FileMetadata } from "./file-metadata.ts";
import { errnoOf } from "../errno.ts";
import { toConnectError } from "../fs-error.ts";
import { resolvePath } from "../paths.ts";
import { userOfRequest } from "../users.ts";
import { createWatchMethods } from "../watch/watch-service.ts";

/** Entries of one listing; a deeper tree than this is read folder by folder. */
const MAX_LISTED_ENTRIES = 50_000;

/**
 * E2B's `filesystem.Filesystem`. Paths are resolved in the sandbox's own mount namespace, so a link or `..`
 * leads nowhere a command could not go.
 */
export function createFilesystemService(metadata: FileMetadata): ServiceImpl<typeof Filesystem> {
  const describe = (path: string): EntryInfo => entryInfo(path, metadata);
  return {
    stat: (request, context) => answer(() => ({ entry: statPath(pathOf(request, context), describe) })),
    makeDir: (request, context) => answer(() => ({ entry: makeDir(pathOf(request, context), describe) })),
    listDir: (request, context) =>
      answer(() => ({ entries: listDir(pathOf(request, context), request.depth, describe) })),
    move: (request, context) =>
      answer(() => {
        const user = userOfRequest(context.requestHeader);
        const destination = resolvePath(request.destination, user);
        return { entry: movePath(resolvePath(request.source, user), destination, describe) };
      }),
    async remove(request, context) {
      const path = pathOf(request, context);
      await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
        throw toConnectError(error);
      });
      return {};
    },
    ...createWatchMethods(describe),
  };
}

function pathOf(request: { path: string }, context: HandlerContext): string {
  return resolvePath(request.path, userOfRequest(context.requestHeader));
}

function answer<T>(operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw toConnectError(error);
  }
}

type Describe = (path: string) => EntryInfo;

function statPath(path: string, describe: Describe): EntryInfo {
  try {
    return describe(path);
  } catch (error) {
    // A path below a file is as absent as one below nothing.
    if (errnoOf(error) !== "ENOTDIR" && errnoOf(error) !== "ENOENT") throw error;
    throw new ConnectError(`file not found: '${path}'`, Code.NotFound, undefined, undefined, error);
  }
}

function makeDir(path: string, describe: Describe): EntryInfo {
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing?.isDirectory())
    throw new ConnectError(`directory already exists: ${path}`, Code.AlreadyExists);
  if (existing !== undefined)
    throw new ConnectError(`path already exists but it is not a directory: ${path}`, Code.InvalidArgument);

  mkdirSync(path, { recursive: true });
  return describe(path);
}

function movePath(source: string, destination: string, describe: Describe): EntryInfo {
  lstatSync(source);
  mkdirSync(posix.dirname(destination), { recursive: true });
  renameSync(source, destination);
  return describe(destination);
}

function listDir(path: string, depth: number, describe: Describe): EntryInfo[] {
  if (!statSync(path).isDirectory())
    throw new ConnectError(`path is not a directory: ${path}`, Code.InvalidArgument);

  const entries: EntryInfo[] = [];
  collectEntries(path, Math.max(1, depth), { entries, describe });
  return entries;
}

function collectEntries(
  dir: string,
  depth: number,
  into: { entries: EntryInfo[]; describe: Describe },
): void {
  for (const name of readdirSync(dir).sort()) {
    const path = posix.join(dir, name);
    const entry = describeIfThere(path, into.describe);
    if (entry === undefined) continue;
    into.entries.push(entry);
    if (into.entries.length > MAX_LISTED_ENTRIES) {
      throw new ConnectError(
        `more than ${MAX_LISTED_ENTRIES} entries: list with a smaller depth`,
        Code.ResourceExhausted,
      );
    }
    // Links are shown, not entered: a link to a parent would never end.
    if (depth > 1 && lstatSync(path).isDirectory()) collectEntries(path, depth - 1, into);
  }
}

/** An entry removed while the folder is read is not part of the listing. */
function describeIfThere(path: string, describe: Describe): EntryInfo | undefined {
  try {
    return describe(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
