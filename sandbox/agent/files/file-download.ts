import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
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

/** Sends a file's bytes: whole, a single range, or gzip when the client accepts nothing plainer. */
export async function sendFile(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const info = await stat(path);
  if (info.isDirectory()) throw new FileError(400, `path '${path}' is a directory`);
  if (!info.isFile() && info.rdev !== NULL_DEVICE)
    throw new FileError(400, `path '${path}' is not a regular file`);
  const encoding = chooseEncoding(request.headers["accept-encoding"]);
  if (encoding === undefined)
    throw new FileError(406, "no acceptable encoding: identity and gzip are offered");
  response.setHeader("Content-Type", "application/octet-stream");
  response.setHeader("Content-Disposition", contentDisposition(posix.basename(path)));
  response.setHeader("Last-Modified", info.mtime.toUTCString());
  response.setHeader("Vary", "Accept-Encoding");
  if (encoding === "gzip") return sendGzip(path, response);
  if (info.size === 0) return sendUnsized(path, response);
  return sendPlain({ path, size: info.size }, request.headers.range, response);
}

async function sendGzip(path: string, response: ServerResponse): Promise<void> {
  response.writeHead(200, { "Content-Encoding": "gzip" });
  await pipeline(createReadStream(path), createGzip({ level: 1 }), response);
}

/** Files of `/proc` and devices say that they are empty and are not. */
async function sendUnsized(path: string, response: ServerResponse): Promise<void> {
  const content = createReadStream(path)[Symbol.asyncIterator]();
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
  file: { path: string; size: number },
  rangeHeader: string | undefined,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("Accept-Ranges", "bytes");
  const range = parseRange(rangeHeader, file.size);
  if (range === "unsatisfiable") {
    response.setHeader("Content-Range", `bytes */${file.size}`);
    throw new FileError(416, `range '${rangeHeader}' is outside the file of ${file.size} bytes`);
  }
  if (range !== undefined) {
    response.writeHead(206, {
      "Content-Range": `bytes ${range.start}-${range.end}/${file.size}`,
      "Content-Length": range.end - range.start + 1,
    });
    return pipeline(createReadStream(file.path, range), response);
  }
  response.writeHead(200, { "Content-Length": file.size });
  // Bounded by the length announced, in case the file grows while it is sent.
  return pipeline(createReadStream(file.path, { start: 0, end: file.size - 1 }), response);
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
