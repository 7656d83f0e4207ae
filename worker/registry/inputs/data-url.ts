import { fromBase64 } from "../../platform/bytes.ts";
import { extensionOf } from "../media-types.ts";

/** A file that stands in an input by itself. */
export interface InlineFile {
  filename: string;
  mediaType: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const HEAD = /^data:([\w.+-]+\/[\w.+-]+)?((?:;[\w-]+=[^;,]*)*)(;base64)?,/i;
const PLAIN_TEXT = "text/plain";

export function isDataUrl(value: string): boolean {
  return /^data:/i.test(value);
}

/**
 * The file in a `data:` URL (RFC 2397): base64, or percent-encoded text. A parameter `name` is the file's name; without one it is
 * called `fallback` with the ending of its type. Null for what is none. Pure.
 */
export function readDataUrl(value: string, fallback: string): InlineFile | null {
  const head = HEAD.exec(value);
  if (head === null) return null;
  const [whole, mediaType = PLAIN_TEXT, parameters = "", base64] = head;
  const rest = value.slice(whole.length);
  const bytes = base64 === undefined ? decodePercent(rest) : fromBase64(rest.replaceAll(/\s/g, ""));
  const name = /;name=([^;]*)/i.exec(parameters)?.[1];
  const given = name === undefined ? "" : textOf(decodePercent(name));
  if (bytes === null || given === null) return null;
  const extension = extensionOf(mediaType.toLowerCase());
  const filename = given === "" ? fallback + (extension === undefined ? "" : `.${extension}`) : given;
  return { filename, mediaType: mediaType.toLowerCase(), bytes };
}

function textOf(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return null;
  }
}

/** Null where a percent sign begins nothing. */
function decodePercent(text: string): Uint8Array<ArrayBuffer> | null {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return null;
  const parts = text.split(/%([0-9A-Fa-f]{2})/);
  const encoder = new TextEncoder();
  const chunks = parts.map((part, at) =>
    at % 2 === 1 ? Uint8Array.of(parseInt(part, 16)) : encoder.encode(part),
  );
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
