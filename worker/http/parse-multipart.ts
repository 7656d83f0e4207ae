/** One part of a multipart form. */
export interface FormPart {
  name: string;
  /** What the sender calls the file; null for a plain field. */
  filename: string | null;
  /** As sent; empty when nothing is said. */
  mediaType: string;
  /** A view of the form's bytes, not a copy: a form may be as large as half of the memory there is. */
  bytes: Uint8Array;
}

/** More parts than any form of ours has. */
const MAX_PARTS = 100;
const MAX_HEAD_BYTES = 8 * 1024;
/** RFC 2046: what a boundary may be. */
const BOUNDARY = /boundary=(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70}))/i;

const encoder = new TextEncoder();

/**
 * Takes a multipart form apart (RFC 7578, with names as browsers write them). Null when it is none: no boundary, torn,
 * without its end, or with parts that have no name.
 */
export function parseMultipart(form: Uint8Array, contentType: string): FormPart[] | null {
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return null;
  const delimiter = encoder.encode(`\r\n--${boundary}`);
  const parts: FormPart[] = [];
  // The first line may be the delimiter without the line break before it.
  let at = startsWith(form, delimiter.subarray(2), 0) ? delimiter.byteLength - 2 : endOf(form, delimiter, 0);
  while (at !== null && !startsWith(form, encoder.encode("--"), at)) {
    const end = find(form, delimiter, at);
    const part = end === null ? null : readPart(form.subarray(at, end));
    if (end === null || part === null || parts.length === MAX_PARTS) return null;
    parts.push(part);
    at = end + delimiter.byteLength;
  }
  return at === null ? null : parts;
}

/** Reads `\r\n<headers>\r\n\r\n<content>`. */
function readPart(part: Uint8Array): FormPart | null {
  const headEnd = find(part.subarray(0, MAX_HEAD_BYTES), encoder.encode("\r\n\r\n"), 0);
  if (headEnd === null || !startsWith(part, encoder.encode("\r\n"), 0)) return null;
  const headers = new Map(
    new TextDecoder()
      .decode(part.subarray(2, headEnd))
      .split("\r\n")
      .map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
      }),
  );
  const disposition = headers.get("content-disposition") ?? "";
  const name = parameterOf(disposition, "name");
  if (!/^form-data\s*;/i.test(disposition) || name === null) return null;
  return {
    name,
    filename: parameterOf(disposition, "filename"),
    mediaType: headers.get("content-type") ?? "",
    bytes: part.subarray(headEnd + 4),
  };
}

/** A parameter of a header; browsers write quotes and line breaks in it as %22, %0D and %0A, curl writes \". */
function parameterOf(header: string, name: string): string | null {
  const pattern = new RegExp(`;\\s*${name}=(?:"((?:\\\\"|[^"])*)"|([^\\s;"]+))`, "i");
  const [, quoted, plain] = pattern.exec(header) ?? [];
  const value = quoted ?? plain;
  if (value === undefined) return null;
  return value
    .replaceAll('\\"', '"')
    .replaceAll(/%(22|0D|0A)/gi, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)));
}

function startsWith(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  return wanted.every((byte, i) => bytes[at + i] === byte);
}

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number | null {
  const first = wanted[0] ?? 0;
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1))
    if (startsWith(bytes, wanted, at)) return at;
  return null;
}

function endOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number | null {
  const start = find(bytes, wanted, from);
  return start === null ? null : start + wanted.byteLength;
}
