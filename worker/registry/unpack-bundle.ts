import { Uint8ArrayReader, ZipReader } from "@zip.js/zip.js";
import type { Entry, FileEntry } from "@zip.js/zip.js";
import "../platform/configure-zip.ts";
import { MIB } from "#contract/limit";
import { formatLimit, limits } from "#contract/limits";
import { sha256Hex } from "../platform/crypto.ts";
import { fileOf } from "./bundle/bundle-file.ts";
import type { BundleFile, BundleProblem } from "./bundle/bundle-file.ts";
import { badPath, bundleTooLarge, checkFiles, fileTooLarge, tooManyFiles } from "./bundle/check-files.ts";
import type { FileFacts } from "./bundle/check-files.ts";
import { isIgnored } from "#contract/manifest/ignored-files";

export interface UnpackedBundle {
  /** The folder's files, sorted by path; they count only when there are no problems. */
  files: BundleFile[];
  /** Every reason to refuse the zip. */
  problems: BundleProblem[];
}

const FILE_TYPE_MASK = 0o170_000;
const REGULAR_FILE = 0o100_000;
const DIRECTORY = 0o040_000;
/** Of the entries that are read at all so many may be ignored ones: beyond it a zip is an attack on memory. */
const ENTRIES_PER_FILE = 10;
/** The most that is read of a zip in one piece, which is how its directory is read: names are most of it. */
const MAX_DIRECTORY_BYTES = 8 * MIB;
/** What of a folder is kept in memory after it has been judged. */
const HELD_BYTES = 8 * MIB;

/** What is asked of a folder: a worker's, or one of other files. Sizes in bytes. */
export interface FolderRules {
  zipBytes: number;
  fileBytes: number;
  totalBytes: number;
  files: number;
  /** Every reason why these files cannot be a folder together. */
  judge: (facts: readonly FileFacts[]) => BundleProblem[];
  /** A single top folder with a worker.yml in it is taken off. */
  unwraps: boolean;
}

/** What is asked of a worker's folder. */
const bundleRules: FolderRules = {
  zipBytes: limits.bundle_zip_bytes.value,
  fileBytes: limits.bundle_file_bytes.value,
  totalBytes: limits.bundle_total_bytes.value,
  files: limits.bundle_files.value,
  judge: checkFiles,
  unwraps: true,
};

/** The bytes of a zip, of which no piece is copied that is larger than an honest zip needs. */
class BoundedReader extends Uint8ArrayReader {
  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    if (length <= MAX_DIRECTORY_BYTES) return super.readUint8Array(index, length);
    throw new RangeError(`its directory takes more than ${MAX_DIRECTORY_BYTES / MIB} MiB`);
  }
}

/**
 * Unpacks a zip that anybody may have sent. Names, links and sizes are judged before anything is inflated; what comes
 * out is counted while it comes, because a zip's own word for its sizes can be a lie. A single top folder is taken off.
 * Besides the zip itself it holds a few MiB, whatever the zip is; the files it answers are read from it when asked.
 */
export async function unpackBundle(zip: Uint8Array, rules = bundleRules): Promise<UnpackedBundle> {
  if (zip.byteLength > rules.zipBytes) return refuse([zipTooLarge()]);
  const reader = new ZipReader(new BoundedReader(zip), {
    useWebWorkers: false,
    checkSignature: true,
    checkOverlappingEntry: true,
    strictness: "balanced",
  });
  const entries = await listEntries(reader, rules.files);
  if ("problem" in entries) return refuse([entries.problem]);
  const files = rules.unwraps ? withoutTopFolder(entries.list) : entries.list;
  const kept = files.filter(({ path }) => !isIgnored(path));
  const facts = kept.map(({ entry, path }) => ({ path, size: entry.uncompressedSize }));
  const problems = [...kept.flatMap(({ entry, path }) => checkEntry(entry, path)), ...rules.judge(facts)];
  return problems.length > 0 ? refuse(problems) : inflateAll(kept, rules);
}

function refuse(problems: BundleProblem[]): UnpackedBundle {
  return { files: [], problems };
}

/** Lists what belongs to the folder; an entry takes kilobytes, so the others are not kept. */
async function listEntries(
  reader: ZipReader<Uint8Array>,
  mostFiles: number,
): Promise<{ list: NamedEntry[] } | { problem: BundleProblem }> {
  const list: NamedEntry[] = [];
  let read = 0;
  try {
    for await (const entry of reader.getEntriesGenerator({ filenameValidation: "tolerant" })) {
      read += 1;
      const path = pathOf(entry);
      if (isWanted(entry) && !isIgnored(path)) list.push({ entry, path });
      if (read > mostFiles * ENTRIES_PER_FILE || list.length > mostFiles) return { problem: tooManyFiles() };
    }
  } catch (error) {
    return { problem: notAZip(error) };
  }
  return read === 0 ? { problem: emptyZip } : { list };
}

/** Folders are made from the paths of files; a folder that is a link all the same is judged as a file. */
function isWanted(entry: Entry): boolean {
  return !entry.directory || !isPlainDirectory(entry);
}

function isPlainDirectory(entry: Entry): boolean {
  const type = modeOf(entry) & FILE_TYPE_MASK;
  return (type === 0 || type === DIRECTORY) && !hasBadSteps(entry.filename);
}

function hasBadSteps(path: string): boolean {
  return path.startsWith("/") || path.includes("\\") || path.split("/").includes("..");
}

/** zip.js reads a backslash as it stands; a leading ./ is how some tools write the folder itself. */
function pathOf(entry: Entry): string {
  return entry.filename.replace(/^(\.\/)+/, "");
}

function modeOf(entry: Entry): number {
  return (entry.externalFileAttributes >>> 16) & 0xffff;
}

interface NamedEntry {
  entry: Entry;
  path: string;
}

/** A zip of a folder from outside has the folder's name before every path; worker.yml says which one it is. */
function withoutTopFolder(visible: NamedEntry[]): NamedEntry[] {
  const top = visible[0]?.path.split("/")[0] ?? "";
  const isWrapped = visible.every(({ path }) => path.startsWith(`${top}/`));
  const hasManifest = visible.some(({ path }) => path === `${top}/worker.yml`);
  if (top === ".." || top === "" || !isWrapped || !hasManifest) return visible;
  return visible.map(({ entry, path }) => ({ entry, path: path.slice(top.length + 1) }));
}

function checkEntry(entry: Entry, path: string): BundleProblem[] {
  const type = modeOf(entry) & FILE_TYPE_MASK;
  if (entry.symlink) return [special(path, "symlink", "is a symbolic link")];
  if (type !== 0 && type !== REGULAR_FILE) return [special(path, "special_file", "is not a plain file")];
  if (entry.encrypted) return [special(path, "encrypted", "is encrypted")];
  return entry.directory ? [badPath(path, "leads out of the folder")] : [];
}

function special(file: string, code: string, what: string): BundleProblem {
  return {
    file,
    code,
    message: `The entry ${what}.`,
    fix: "Put the file itself into the bundle, or leave it out.",
  };
}

/** Reads every file once, which proves that it can be read; small folders stay in memory, large ones are read again. */
async function inflateAll(kept: NamedEntry[], rules: FolderRules): Promise<UnpackedBundle> {
  const files: BundleFile[] = [];
  let total = 0;
  for (const { entry, path } of kept) {
    if (entry.directory) continue;
    const budget = Math.min(rules.fileBytes, rules.totalBytes - total);
    if (entry.uncompressedSize > rules.fileBytes) return refuse([fileTooLarge(path)]);
    const inflated = await inflate(entry, path, budget);
    if ("problem" in inflated) return refuse([inflated.problem]);
    total += inflated.bytes.byteLength;
    files.push(
      total <= HELD_BYTES
        ? fileOf(path, inflated.bytes, entry.executable)
        : await fileInZip(entry, path, inflated.bytes),
    );
  }
  return { files: files.toSorted(byPath), problems: [] };
}

async function fileInZip(entry: FileEntry, path: string, bytes: Uint8Array): Promise<BundleFile> {
  const hash = await sha256Hex(bytes);
  const size = bytes.byteLength;
  return {
    path,
    size,
    executable: entry.executable,
    hash: () => Promise.resolve(hash),
    async read() {
      const again = await inflate(entry, path, size);
      if ("problem" in again) throw new Error(`${path} could be read once only: ${again.problem.message}`);
      return again.bytes;
    },
  };
}

function byPath(a: BundleFile, b: BundleFile): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/**
 * Inflates one file straight into the room that the zip asks for, if that may be had, and stops as soon as more comes
 * out than that.
 */
async function inflate(
  entry: FileEntry,
  path: string,
  budget: number,
): Promise<{ bytes: Uint8Array } | { problem: BundleProblem }> {
  if (entry.uncompressedSize > budget) return { problem: bundleTooLarge() };
  const bytes = new Uint8Array(entry.uncompressedSize);
  const abort = new AbortController();
  let size = 0;
  const sink = new WritableStream<Uint8Array>({
    write(part) {
      if (size + part.byteLength > bytes.byteLength) return abort.abort();
      bytes.set(part, size);
      size += part.byteLength;
    },
  });
  try {
    await entry.getData(sink, { signal: abort.signal });
  } catch (error) {
    return { problem: damaged(path, abort.signal.aborted ? moreThanSaid : error) };
  }
  return size === bytes.byteLength ? { bytes } : { problem: damaged(path, lessThanSaid) };
}

const moreThanSaid = new Error("more comes out than the zip says");
const lessThanSaid = new Error("less comes out than the zip says");

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown reason";
}

function notAZip(error: unknown): BundleProblem {
  return {
    file: "",
    code: "not_a_zip",
    message: `The body is not a zip that can be read (${reasonOf(error)}).`,
    fix: "Send a zip of the folder, e.g. made by `zip -r bundle.zip .` in it.",
  };
}

function damaged(file: string, error: unknown): BundleProblem {
  return {
    file,
    code: "damaged_entry",
    message: `The entry cannot be read (${reasonOf(error)}).`,
    fix: "Make the zip again with stored or deflated entries.",
  };
}

const emptyZip: BundleProblem = {
  file: "",
  code: "empty_zip",
  message: "The zip holds no files.",
  fix: "Zip the folder with its worker.yml.",
};

function zipTooLarge(): BundleProblem {
  return {
    file: "",
    code: "zip_too_large",
    message: `The zip is larger than ${formatLimit("bundle_zip_bytes")}.`,
    fix: "Leave out what the worker does not need.",
  };
}
