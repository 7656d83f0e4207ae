import { lstatSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import { posix } from "node:path";
import { create } from "@bufbuild/protobuf";
import { EntryInfoSchema, FileType } from "../../gen/filesystem_pb.ts";
import type { EntryInfo } from "../../gen/filesystem_pb.ts";
import type { FileMetadata } from "./file-metadata.ts";

const NS_PER_SECOND = 1_000_000_000n;

/**
 * What the API tells about a path. As in envd a symbolic link is shown with the type and mode of its target
 * (`UNSPECIFIED` when that is missing), with its own permissions (`L...`) and with the resolved target.
 * Throws the system's error when the path itself does not exist.
 */
export function entryInfo(path: string, metadata: FileMetadata): EntryInfo {
  const own = lstatSync(path, { bigint: true });
  const link = own.isSymbolicLink() ? followLink(path) : undefined;
  const shown = link === undefined ? own : link.stat;
  return create(EntryInfoSchema, {
    name: posix.basename(path) || "/",
    type: shown === undefined ? FileType.UNSPECIFIED : fileType(shown),
    path,
    size: own.size,
    mode: shown === undefined ? 0 : Number(shown.mode & 0o777n),
    permissions: permissionString(own),
    owner: nameOfId("/etc/passwd", own.uid),
    group: nameOfId("/etc/group", own.gid),
    modifiedTime: timestampOf(own.mtimeNs),
    ...(link === undefined ? {} : { symlinkTarget: link.target }),
    metadata: metadata.of(shown ?? own),
  });
}

function followLink(path: string): { target: string; stat: BigIntStats | undefined } {
  try {
    return { target: realpathSync(path), stat: statSync(path, { bigint: true }) };
  } catch {
    return { target: readlinkSync(path), stat: undefined };
  }
}

function fileType(stat: BigIntStats): FileType {
  if (stat.isDirectory()) return FileType.DIRECTORY;
  return stat.isFile() ? FileType.FILE : FileType.UNSPECIFIED;
}

/** Mode as Go prints it: `-rwxr-xr-x`, `drwx...`, `Lrwx...`. */
function permissionString(stat: BigIntStats): string {
  const mode = Number(stat.mode);
  const letters = "rwxrwxrwx";
  const bits = Array.from(letters, (letter, index) => ((mode >> (8 - index)) & 1 ? letter : "-")).join("");
  return `${kindLetters(stat, mode)}${bits}`;
}

function kindLetters(stat: BigIntStats, mode: number): string {
  const kinds = [
    stat.isDirectory() ? "d" : "",
    stat.isSymbolicLink() ? "L" : "",
    stat.isFIFO() ? "p" : "",
    stat.isSocket() ? "S" : "",
    mode & 0o4000 ? "u" : "",
    mode & 0o2000 ? "g" : "",
    stat.isCharacterDevice() ? "Dc" : "",
    mode & 0o1000 ? "t" : "",
  ].join("");
  return kinds === "" ? "-" : kinds;
}

const namesByFile = new Map<string, Map<string, string>>();

function nameOfId(file: "/etc/passwd" | "/etc/group", id: bigint): string {
  const names = namesByFile.get(file) ?? readNames(file);
  namesByFile.set(file, names);
  return names.get(String(id)) ?? String(id);
}

function readNames(file: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [name, , id] = line.split(":");
    if (name !== undefined && id !== undefined && !names.has(id)) names.set(id, name);
  }
  return names;
}

/** Nanoseconds since 1970 as a protobuf Timestamp, whose nanos are never negative. */
function timestampOf(nanoseconds: bigint): { seconds: bigint; nanos: number } {
  const nanos = ((nanoseconds % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  return { seconds: (nanoseconds - nanos) / NS_PER_SECOND, nanos: Number(nanos) };
}
