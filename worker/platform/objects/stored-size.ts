/*
 * How many bytes a value takes in an object's storage, which keeps structured clones, and as JSON in a row. Pure. An
 * upper bound and no estimate: what is found to fit here fits there. A text with one character beyond Latin-1 takes two
 * bytes for each of its characters, so a value may take more than twice what its JSON does.
 */

/** Mark, length and padding of a text, a list or an object. */
const FRAME_BYTES = 12;
const NUMBER_BYTES = 9;
const beyondLatin1 = /[^\u0000-\u00ff]/;

function textBytes(text: string): number {
  return FRAME_BYTES + (beyondLatin1.test(text) ? 2 : 1) * text.length;
}

/** Bytes of a value as a structured clone: JSON, with undefined members, and bytes. */
export function storedBytes(value: unknown): number {
  if (typeof value === "string") return textBytes(value);
  if (typeof value !== "object" || value === null) return NUMBER_BYTES;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return FRAME_BYTES + value.byteLength;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + storedBytes(item), FRAME_BYTES);
  return Object.entries(value).reduce(
    (sum, [name, member]) => sum + textBytes(name) + storedBytes(member),
    FRAME_BYTES,
  );
}

/** Bytes of a document wherever it may be kept: in an object's storage, or as JSON in a row. */
export function carriedBytes(document: unknown): number {
  return Math.max(storedBytes(document), new TextEncoder().encode(JSON.stringify(document)).byteLength);
}
