import { toBase64 } from "../../platform/bytes.ts";
import type { ResourceContent } from "./resource-source.ts";

/** So many bytes of a resource are read at most: an answer is held whole, here and by the client. */
export const MOST_RESOURCE_BYTES = 1024 * 1024;

/** Bytes that were read, and whether there are more. */
interface ReadBytes {
  bytes: Uint8Array<ArrayBuffer>;
  isCut: boolean;
}

/** Reads a body as far as a resource goes, and leaves the rest where it is. */
export async function readBounded(answer: Response): Promise<ReadBytes> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body ?? []) {
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
  return boundBytes(bytes);
}

/** The same bytes as far as a resource goes. Pure. */
export function boundBytes(bytes: Uint8Array): ReadBytes {
  const isCut = bytes.byteLength > MOST_RESOURCE_BYTES;
  return { bytes: new Uint8Array(bytes.subarray(0, MOST_RESOURCE_BYTES)), isCut };
}

/**
 * What a client reads: text where the bytes are text, else base64. Text that is too long ends early and is marked as
 * cut; half of anything else would be nothing, so that only its size is told. Pure.
 */
export function buildContent(uri: string, { bytes, isCut }: ReadBytes, type?: string): ResourceContent {
  const cut = { _meta: { "floom/truncated": true, "floom/read_bytes": bytes.byteLength } };
  const text = decodeText(bytes, isCut);
  if (text !== null) return { uri, mimeType: type ?? "text/plain", text, ...(isCut ? cut : {}) };
  if (!isCut) return { uri, mimeType: type ?? "application/octet-stream", blob: toBase64(bytes) };
  const said = `This is no text and larger than ${MOST_RESOURCE_BYTES} bytes: download it instead.`;
  return { uri, mimeType: "text/plain", text: said, ...cut };
}

function decodeText(bytes: Uint8Array<ArrayBuffer>, isCut: boolean): string | null {
  try {
    // A character that the end cuts in two is no reason to take text for bytes.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes, { stream: isCut });
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}
