import { Reader, ZipReader } from "@zip.js/zip.js";
import type { FileEntry } from "@zip.js/zip.js";
import "../platform/configure-zip.ts";
import { formatLimit, limits } from "#contract/limits";
import { AppError } from "../platform/app-error.ts";
import type { KeptArchive } from "../platform/storage/import-files.ts";
import type { StoredForm } from "../platform/objects/stored-document.ts";
import { isTooMany } from "./archive-document.ts";
import { splitLines } from "./split-lines.ts";

/** So much is fetched at a time, bytes: what is asked for next lies behind it, nearly always. */
const WINDOW_BYTES = 1024 * 1024;
/** The most that is read in one piece, which is how a zip's directory is read. */
const MOST_AT_ONCE = 8 * WINDOW_BYTES;

/** An archive in storage as zip.js reads it: small pieces out of one window, which moves. */
class ArchiveBytes extends Reader<KeptArchive> {
  override size: number;
  readonly #archive: KeptArchive;
  #window = { offset: 0, bytes: new Uint8Array() };

  constructor(archive: KeptArchive) {
    super(archive);
    this.#archive = archive;
    this.size = archive.size;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.size - index));
    if (wanted > MOST_AT_ONCE) throw new RangeError("its directory is larger than that of an honest archive");
    if (wanted === 0) return new Uint8Array();
    const { offset, bytes } = this.#window;
    if (index < offset || index + wanted > offset + bytes.byteLength) {
      const more = Math.min(Math.max(wanted, WINDOW_BYTES), this.size - index);
      this.#window = { offset: index, bytes: new Uint8Array(await this.#archive.read(index, more)) };
    }
    const from = index - this.#window.offset;
    // A copy: what reads it may hand it on.
    return this.#window.bytes.slice(from, from + wanted);
  }
}

function refuse(detail: string, cause?: unknown): AppError {
  return new AppError("invalid_archive", detail, { cause });
}

/**
 * What lies in an archive that anybody may have sent. Things are found by their whole paths and by nothing else, so that
 * no name leads anywhere; what comes out is counted while it comes, since a zip's own word for its sizes can be a lie.
 */
export class ArchiveReader {
  readonly #entries: ReadonlyMap<string, FileEntry>;

  private constructor(entries: ReadonlyMap<string, FileEntry>) {
    this.#entries = entries;
  }

  /** Reads its directory. Throws `invalid_archive`. */
  static async open(archive: KeptArchive): Promise<ArchiveReader> {
    const zip = new ZipReader(new ArchiveBytes(archive), {
      useWebWorkers: false,
      checkSignature: true,
      checkOverlappingEntry: true,
      strictness: "balanced",
    });
    const entries = new Map<string, FileEntry>();
    const listed = zip.getEntriesGenerator({ filenameValidation: "tolerant" });
    const next = () =>
      listed.next().catch((error: unknown) => {
        throw refuse(`It is no zip that can be read (${reasonOf(error)}).`, error);
      });
    for (let one = await next(); one.done !== true; one = await next()) {
      const entry = one.value;
      if (entry.directory) continue;
      if (entries.has(entry.filename)) throw refuse(`${entry.filename} is in it twice.`);
      entries.set(entry.filename, entry);
      if (isTooMany(entries.size))
        throw refuse(`It has more than ${formatLimit("workspace_archive_entries")}.`);
    }
    return new ArchiveReader(entries);
  }

  #find(path: string): FileEntry {
    const entry = this.#entries.get(path);
    if (entry === undefined) throw refuse(`${path} is not in it.`);
    if (entry.encrypted) throw refuse(`${path} is encrypted.`);
    return entry;
  }

  /** All of one thing, `mostBytes` at most. Throws `invalid_archive`. */
  async bytes(path: string, mostBytes: number): Promise<Uint8Array> {
    const entry = this.#find(path);
    if (entry.uncompressedSize > mostBytes) throw refuse(`${path} is larger than ${mostBytes} bytes.`);
    const bytes = new Uint8Array(entry.uncompressedSize);
    let size = 0;
    for await (const part of this.#inflate(path, bytes.byteLength)) {
      bytes.set(part, size);
      size += part.byteLength;
    }
    if (size < bytes.byteLength) throw refuse(`${path} is shorter than the archive says.`);
    return bytes;
  }

  /** A document of the archive. Throws `invalid_archive`. */
  async document<Value>(path: string, form: StoredForm<Value>): Promise<Value> {
    const bytes = await this.bytes(path, limits.workspace_archive_document_bytes.value);
    try {
      return form.readText(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
    } catch (error) {
      throw refuse(`${path} is not what it should be. ${reasonOf(error)}`, error);
    }
  }

  /** The lines of a text as they come. Throws `invalid_archive`. */
  lines(path: string, most: { lineCharacters: number; bytes: number }): AsyncGenerator<string> {
    return splitLines(this.#inflate(path, most.bytes), {
      mostCharacters: most.lineCharacters,
      refuse: (why, cause) => refuse(`${path} cannot be read: ${why}.`, cause),
    });
  }

  /** What comes out of an entry, piece by piece, and no more than `mostBytes` of it. */
  async *#inflate(path: string, mostBytes: number): AsyncGenerator<Uint8Array> {
    const entry = this.#find(path);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const done = entry.getData(writable).then(
      () => null,
      (error: unknown) => refuse(`${path} cannot be read (${reasonOf(error)}).`, error),
    );
    let size = 0;
    const reader = readable.getReader();
    try {
      for (;;) {
        const { value, done: isOver } = await reader.read().catch(async (error: unknown) => {
          throw (await done) ?? error;
        });
        if (isOver) break;
        size += value.byteLength;
        if (size > mostBytes) throw refuse(`More comes out of ${path} than it may hold.`);
        yield value;
      }
      const failure = await done;
      if (failure !== null) throw failure;
    } finally {
      // Ends the inflating as well, where somebody has stopped to read.
      await reader.cancel().catch(() => undefined);
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "for an unknown reason";
}
