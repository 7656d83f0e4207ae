/*
 * How many bytes a value takes in an object's storage, which keeps structured clones, and as JSON in a row. Pure. An
 * upper bound and no estimate: what is found to fit here fits there. A text with one character beyond Latin-1 takes two
 * bytes for each of its characters, so a value may take more than twice what its JSON does. A whole number of a record
 * counts as a double: V8 keeps one as such that came out of a computation, and one whose member is a fraction in any other
 * record of that shape. In a list it counts as JSON is read, for V8 looks at each list by itself, and lists of numbers that
 * we make are none.
 */

const beyondLatin1 = /[^\u0000-\u00ff]/;
/** Of a number kept as a double; nothing else that is neither text nor made of parts takes more. */
const DOUBLE_BYTES = 9;
/** Beyond this a whole number is kept as a double. */
const SMALL = 2 ** 30;

/** Bytes of a length, or of a small whole number, written seven bits at a time. */
function countBytes(count: number): number {
  return count < 2 ** 7 ? 1 : count < 2 ** 14 ? 2 : count < 2 ** 21 ? 3 : 5;
}

function textBytes(text: string): number {
  const bytes = text.length * (beyondLatin1.test(text) ? 2 : 1);
  return 2 + countBytes(bytes) + bytes;
}

function isSmall(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(Number(value)) < SMALL && !Object.is(value, -0);
}

/** One number that is not small makes doubles of all numbers of a list. */
function listBytes(list: readonly unknown[]): number {
  const mixed = list.some((item) => typeof item === "number" && !isSmall(item));
  const itemBytes = (item: unknown) =>
    !mixed && isSmall(item) ? 1 + countBytes(2 * Math.abs(item)) : storedBytes(item);
  const frame = 3 + 2 * countBytes(list.length);
  return list.reduce<number>((sum, item) => sum + itemBytes(item), frame);
}

function memberBytes(value: object): number {
  const members = Object.entries(value);
  const frame = 2 + countBytes(members.length);
  return members.reduce((sum, [name, member]) => sum + textBytes(name) + storedBytes(member), frame);
}

/** Bytes of a value as a structured clone: JSON, with undefined members, and bytes. */
export function storedBytes(value: unknown): number {
  if (typeof value === "string") return textBytes(value);
  if (typeof value !== "object" || value === null) return DOUBLE_BYTES;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return 16 + value.byteLength;
  return Array.isArray(value) ? listBytes(value) : memberBytes(value);
}

/** Bytes of a document wherever it may be kept: in an object's storage, or as JSON in a row. */
export function carriedBytes(document: unknown): number {
  return Math.max(storedBytes(document), new TextEncoder().encode(JSON.stringify(document)).byteLength);
}
