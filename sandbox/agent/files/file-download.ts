import type { Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { FileError } from "./file-error.ts";

/** `/dev/null` by its numbers. Other devices may never come to an end of what they say, or to a beginning. */
const NULL_DEVICE = 0x103;

interface ByteRange {
  start: number;
  /** Inclusive, as HTTP counts. */
  end: number;
}

/**
 * Sends a file's bytes: whole, a single range, or gzip when the client accepts nothing plainer. It is opened before
 * anything is answered: a file that may not be read is refused with its reason, which a cut answer could not tell.
 */
export async function sendFile(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  checkKind(path, await stat(path));
  const encoding = chooseEncoding(request.headers["accept-encoding"]);
  if (encoding === undefined)
    throw new FileError(406, "no acceptable encoding: identity and gzip are offered");
  const file = await open(path);
  try {
    const info = await file.stat();
    response.setHeader("Content-Type", "application/octet-stream");
    response.setHeader("Content-Disposition", contentDisposition(posix.basename(path)));
    response.setHeader("Last-Modified", info.mtime.toUTCString());
    response.setHeader("Vary", "Accept-Encoding");
    if (encoding === "gzip") await sendGzip(file, response);
    else if (info.size === 0) await sendUnsized(file, response);
    else await sendPlain({ file, size: info.size }, request.headers.range, response);
  } finally {
    await file.close();
  }
}

/** Looked at before it is opened: a pipe would keep whoever opens it waiting for somebody who writes. */
function checkKind(path: string, info: Stats): void {
  if (info.isDirectory()) throw new FileError(400, `path '${path}' is a directory`);
  if (!info.isFile() && info.rdev !== NULL_DEVICE)
    throw new FileError(400, `path '${path}' is not a regular file`);
}

async function sendGzip(file: FileHandle, response: ServerResponse): Promise<void> {
  response.writeHead(200, { "Content-Encoding": "gzip" });
  await pipeline(file.createReadStream({ autoClose: false }), createGzip({ level: 1 }), response);
}

/** Files of `/proc` and devices say that they are empty and are not. */
async function sendUnsized(file: FileHandle, response: ServerResponse): Promise<void> {
  const content = file.createReadStream({ autoClose: false })[Symbol.asyncIterator]();
  const first = await content.next();
  if (first.done === true) {
    response.writeHead(200, { "Content-Length": 0 }).end();
    return;
  }
  response.writeHead(200);
  const rest = async function* () {
    yield first.value;
    for (let next = await content.next(); next.done !== true; next = await content.next()) yield next.value;
  };
  await pipeline(rest, response);
}

async function sendPlain(
  { file, size }: { file: FileHandle; size: number },
  rangeHeader: string | undefined,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("Accept-Ranges", "bytes");
  const range = parseRange(rangeHeader, size);
  if (range === "unsatisfiable") {
    response.setHeader("Content-Range", `bytes */${size}`);
    throw new FileError(416, `range '${rangeHeader}' is outside the file of ${size} bytes`);
  }
  if (range !== undefined) {
    response.writeHead(206, {
      "Content-Range": `bytes ${range.start}-${range.end}/${size}`,
      "Content-Length": range.end - range.start + 1,
    });
    return pipeline(file.createReadStream({ ...range, autoClose: false }), response);
  }
  response.writeHead(200, { "Content-Length": size });
  // Bounded by the length announced, in case the file grows while it is sent.
  return pipeline(file.createReadStream({ start: 0, end: size - 1, autoClose: false }), response);
}

/**
 * `identity` unless the client rules it out or asks for gzip alone: between machines of one host, compressing
 * costs more than it saves. Undefined when the client accepts neither.
 */
export function chooseEncoding(header: string | string[] | undefined): "identity" | "gzip" | undefined {
  const weights = parseAcceptEncoding(String(header ?? ""));
  const gzip = weights.get("gzip") ?? weights.get("*") ?? 0;
  const identity = weights.get("identity") ?? (weights.get("*") === 0 ? 0 : undefined);
  if (gzip > 0 && (weights.size === 1 || identity === 0 || gzip > (identity ?? 1)))
    return weights.has("gzip") ? "gzip" : "identity";
  return identity === 0 ? undefined : "identity";
}

function parseAcceptEncoding(header: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const item of header.split(",")) {
    const [coding = "", ...parameters] = item
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    if (coding === "") continue;
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    weights.set(coding, quality === undefined ? 1 : Number(quality.slice(2)) || 0);
  }
  return weights;
}

/** The one byte range asked for; several ranges, or another unit, are answered with the whole file. */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | "unsatisfiable" | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (match === null || (first === "" && last === "")) return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return undefined;
  return start >= size ? "unsatisfiable" : { start, end };
}

function contentDisposition(name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  return `inline; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}
