import { toBase64 } from "../../platform/bytes.ts";
import type { ResourceContent } from "./resource-source.ts";
import { partUri } from "./resource-uri.ts";

/** So many bytes of a resource are read at most: an answer is held whole, here and by the client. */
export const MOST_RESOURCE_BYTES = 1024 * 1024;
/** A character of UTF-8 has at most so many bytes behind its first. */
const LONGEST_REST = 3;

/** Bytes that were read, whether there are more, and from which on they are; null where the address did not say. */
interface ReadBytes {
  bytes: Uint8Array<ArrayBuffer>;
  isCut: boolean;
  from: number | null;
}

/** Reads a body from that byte on as far as a resource goes, and leaves the rest where it is. */
export async function readBounded(answer: Response, from: number | null): Promise<ReadBytes> {
  const parts: Uint8Array[] = [];
  let skip = from ?? 0;
  let size = 0;
  const body: AsyncIterable<Uint8Array> | Uint8Array[] = answer.body ?? [];
  for await (const whole of body) {
    const part = whole.subarray(Math.min(skip, whole.byteLength));
    skip -= whole.byteLength - part.byteLength;
    parts.push(part);
    size += part.byteLength;
    if (size > MOST_RESOURCE_BYTES) break;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return { ...boundBytes(bytes, null), from };
}

/** Of all bytes those from that one on, as far as a resource goes. Pure. */
export function boundBytes(all: Uint8Array, from: number | null): ReadBytes {
  const rest = all.subarray(from ?? 0);
  const isCut = rest.byteLength > MOST_RESOURCE_BYTES;
  return { bytes: new Uint8Array(rest.subarray(0, MOST_RESOURCE_BYTES)), isCut, from };
}

/**
 * What a client reads: text where the bytes are text, else base64. What is too long ends early and says where it goes
 * on; half of what is no text would be nothing, so that it is only read in parts by whoever asks for a part. Pure.
 */
export function buildContent(uri: string, { bytes, isCut, from }: ReadBytes, type?: string): ResourceContent {
  const whole = isCut ? wholeCharacters(bytes) : bytes;
  const text = decodeText(whole);
  if (text !== null) {
    const next = partUri(uri, (from ?? 0) + whole.byteLength);
    return { uri, mimeType: type ?? "text/plain", text, ...(isCut ? cutAt(next, whole.byteLength) : {}) };
  }
  const next = partUri(uri, (from ?? 0) + bytes.byteLength);
  if (!isCut || from !== null) {
    const more = isCut ? cutAt(next, bytes.byteLength) : {};
    return { uri, mimeType: type ?? "application/octet-stream", blob: toBase64(bytes), ...more };
  }
  const said = `This is no text and larger than ${MOST_RESOURCE_BYTES} bytes: download it, or read it part by part.`;
  return { uri, mimeType: "text/plain", text: said, ...cutAt(partUri(uri, 0), 0) };
}

const cutAt = (next: string, read: number) => ({
  _meta: { "floom/truncated": true, "floom/read_bytes": read, "floom/next": next },
});

/** The bytes without a last character that the end has cut in two. Pure. */
function wholeCharacters(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  for (let back = 1; back <= LONGEST_REST + 1 && back <= bytes.byteLength; back++) {
    const byte = bytes[bytes.byteLength - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.subarray(0, bytes.byteLength - back) : bytes;
  }
  return bytes;
}

function decodeText(bytes: Uint8Array<ArrayBuffer>): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}
