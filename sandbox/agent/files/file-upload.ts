import { statSync } from "node:fs";
import { chown, mkdir, open, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { posix } from "node:path";
import { PassThrough } from "node:stream";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { FileError, toFileError } from "./file-error.ts";
import { metadataFromHeaders } from "./file-metadata.ts";
import type { FileMetadata } from "./file-metadata.ts";
import { resolvePath } from "../paths.ts";
import type { SandboxUser } from "../users.ts";
import { mountUsage } from "../writable-mounts.ts";

/** What the client is told about each file written. */
export interface WrittenFile {
  name: string;
  path: string;
  type: "file";
  metadata?: Record<string, string>;
}

/** Where an upload goes; without `path` every part of a multipart body names its own. */
export interface UploadTarget {
  path: string | undefined;
  user: SandboxUser;
  metadata: FileMetadata;
}

/** Stores the request's body: one raw file, or every part named `file` of a multipart form. */
export async function receiveFiles(request: IncomingMessage, target: UploadTarget): Promise<WrittenFile[]> {
  const upload = new Upload(target, metadataFromHeaders(request.headers));
  const mediaType = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (mediaType === "application/octet-stream") {
    if (target.path === undefined)
      throw new FileError(400, "path query parameter is required for raw body upload");
    const announced = Number(request.headers["content-length"] ?? 0);
    await upload.store(target.path, decodedBody(request), { announcedBytes: announced });
  } else if (mediaType.startsWith("multipart/")) {
    const { readMultipart } = await import("./multipart.ts");
    await readMultipart(decodedBody(request), request.headers, async (filename, content) => {
      await upload.store(target.path ?? filename, content, { announcedBytes: 0 });
    });
  } else {
    const expected = "expected multipart/form-data or application/octet-stream";
    throw new FileError(400, `unsupported content type: ${mediaType || "none"}, ${expected}`);
  }
  return upload.written;
}

/**
 * The body as a stream of its own: a failing write destroys its source, and a destroyed request would never be
 * read to its end, which blocks the client's connection.
 */
function decodedBody(request: IncomingMessage): Readable {
  const encoding = (request.headers["content-encoding"] ?? "identity").toLowerCase();
  if (encoding !== "identity" && encoding !== "gzip")
    throw new FileError(400, `unsupported content encoding: ${encoding}`);

  const body = encoding === "gzip" ? createGunzip() : new PassThrough();
  request.once("error", (error) => body.destroy(error));
  // It may fail before anybody writes it to a file; the write then finds it broken and says so.
  body.on("error", () => {});
  return request.pipe(body);
}

class Upload {
  readonly written: WrittenFile[] = [];
  readonly #target: UploadTarget;
  readonly #values: Record<string, string>;

  constructor(target: UploadTarget, values: Record<string, string>) {
    this.#target = target;
    this.#values = values;
  }

  async store(requestedPath: string, content: Readable, options: { announcedBytes: number }): Promise<void> {
    const path = this.#resolve(requestedPath);
    if (this.written.some((file) => file.path === path)) {
      throw new FileError(
        400,
        `you cannot upload multiple files to the same path '${path}' in one upload request`,
      );
    }
    try {
      await writeWhole(path, content, options.announcedBytes);
      this.#target.metadata.set(statSync(path, { bigint: true }), this.#values);
    } catch (error) {
      throw toFileError(error, path);
    }
    const hasMetadata = Object.keys(this.#values).length > 0;
    const written: WrittenFile = { name: posix.basename(path), path, type: "file" };
    this.written.push(hasMetadata ? { ...written, metadata: this.#values } : written);
  }

  #resolve(requestedPath: string): string {
    if (requestedPath === "") throw new FileError(400, "the file has no path");
    try {
      return resolvePath(requestedPath, this.#target.user);
    } catch (error) {
      throw new FileError(400, error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
}

/**
 * Opens a file and gives it to its owner, in envd's order, which a watch shows: an existing one before, a new one after
 * it was made. Here the owner is always the same, so nothing else comes of it.
 */
async function openForWriting(path: string, exists: boolean): Promise<FileHandle> {
  const [uid, gid] = [process.getuid?.() ?? -1, process.getgid?.() ?? -1];
  if (exists) await chown(path, uid, gid).catch(() => undefined);
  const file = await open(path, "w");
  if (!exists) await file.chown(uid, gid);
  return file;
}

/**
 * Writes in place, as envd does: links, owners and watchers of an existing file stay. A new file that cannot be
 * written whole is taken away again; an existing one is left alone when the space is known not to suffice.
 */
async function writeWhole(path: string, content: Readable, announcedBytes: number): Promise<void> {
  await mkdir(posix.dirname(path), { recursive: true });
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory()) throw new FileError(400, `path is a directory: ${path}`);
  const freeBytes = mountUsage(posix.dirname(path)).freeBytes + (existing?.size ?? 0);
  if (announcedBytes > freeBytes) {
    throw new FileError(
      507,
      `not enough disk space available: ${announcedBytes} bytes needed, ${freeBytes} free`,
    );
  }
  try {
    const file = await openForWriting(path, existing !== undefined);
    await pipeline(content, file.createWriteStream());
  } catch (error) {
    if (existing === undefined) await rm(path, { force: true });
    throw error;
  }
}
