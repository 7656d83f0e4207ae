import type { Json } from "#contract/json";

/** Deeper than this nothing is told: no answer of a route is, and whatever walks it must not run out of stack. */
const DEEPEST = 64;
/** A member with a longer name is left out where something must be. */
const LONGEST_NAME = 200;
/** Kept free where something is cut, for saying so. */
const NOTE = 60;

/** Whatever `JSON.stringify` would make of it, as a value, with what lies too deep left out and said so. Pure. */
export function toJson(value: unknown, depth = 0): Json {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "object" || value === null) return null;
  if (depth >= DEEPEST) return "… (deeper)";
  if (Array.isArray(value)) return value.map((one: unknown) => toJson(one, depth + 1));
  if (value instanceof Date) return value.toISOString();
  const members = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(members.map(([name, one]) => [name, toJson(one, depth + 1)]));
}

/**
 * The same value in at most so many characters of JSON (a few hundred at least). What is long is cut before what is
 * short, all of it evenly; where something was cut it says how much there is. Pure.
 */
export function fitJson(value: Json, most: number): Json {
  return fit(value, most, { sizes: new Map(), depth: 0 });
}

/** So far down the platform's own writer says how large something is, which is quick and looks at all of it each time. */
const WRITTEN_DEPTH = 3;

/** Where something is cut: what is known of how large its parts are, and how deep it lies. */
interface Cut {
  sizes: Map<object, number>;
  depth: number;
}

/** How many characters a value is as JSON; those of every list and object within are kept in `sizes`. */
function measure(value: Json, sizes: Map<object, number>): number {
  if (typeof value !== "object" || value === null) return JSON.stringify(value).length;
  const parts = Array.isArray(value)
    ? value.map((one) => 1 + measure(one, sizes))
    : Object.entries(value).map(([name, one]) => overheadOf(name) + measure(one, sizes));
  const size = 2 + parts.reduce((sum, one) => sum + one, 0);
  sizes.set(value, size);
  return size;
}

const overheadOf = (name: string) => JSON.stringify(name).length + 2;

function sizeOf(value: Json, { sizes, depth }: Cut): number {
  if (typeof value !== "object" || value === null) return JSON.stringify(value).length;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  if (depth >= WRITTEN_DEPTH) return measure(value, sizes);
  const size = JSON.stringify(value).length;
  sizes.set(value, size);
  return size;
}

function fit(value: Json, most: number, cut: Cut): Json {
  if (sizeOf(value, cut) <= most) return value;
  if (typeof value === "string") return cutText(value, most);
  if (typeof value !== "object" || value === null) return value;
  const room = most - 2 - NOTE;
  const within = { ...cut, depth: cut.depth + 1 };
  if (Array.isArray(value)) {
    const parts = value.map((one) => ({ overhead: 1, size: sizeOf(one, within) }));
    const kept = share(parts, room).map((part, at) => fit(value[at] ?? null, part, within));
    return kept.length === value.length ? kept : [...kept, `… (${value.length} in all)`];
  }
  const all = Object.entries(value);
  const members = all.filter(([name]) => overheadOf(name) <= LONGEST_NAME);
  const parts = members.map(([name, one]) => ({ overhead: overheadOf(name), size: sizeOf(one, within) }));
  const kept = share(parts, room).flatMap((part, at) => {
    const [name, one] = members[at] ?? ["", null];
    return [[name, fit(one, part, within)] as const];
  });
  if (kept.length < all.length) kept.push(["…", `${all.length} in all`]);
  return Object.fromEntries(kept);
}

/**
 * What is cut keeps at least so many characters, or is left out: a few rows of a list that are whole say more than the
 * begins of many.
 */
const leastOf = (room: number) => Math.min(1_000, Math.max(200, Math.floor(room / 20)), Math.floor(room / 2));

/** How many characters each of the first parts may have: as many parts as go in, and what they leave to the long ones. */
function share(parts: readonly { overhead: number; size: number }[], room: number): number[] {
  const worth = leastOf(room);
  let left = room;
  let count = 0;
  for (const { overhead, size } of parts) {
    const least = overhead + Math.min(size, worth);
    if (least > left) break;
    left -= least;
    count += 1;
  }
  const kept = parts.slice(0, count);
  let rest = room - kept.reduce((sum, { overhead }) => sum + overhead, 0);
  let level = 0;
  const sorted = kept.map(({ size }) => size).toSorted((a, b) => a - b);
  for (const [at, size] of sorted.entries()) {
    level = Math.floor(rest / (sorted.length - at));
    if (size > level) break;
    rest -= size;
  }
  return kept.map(({ size }) => (size <= level ? size : level));
}

/** The begin of a text: as much as goes in once it is written as JSON, where a line's end is two characters. */
function cutText(text: string, most: number): string {
  const room = Math.max(2, most - NOTE);
  let low = 0;
  let high = Math.min(text.length, room);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (JSON.stringify(text.slice(0, middle)).length <= room) low = middle;
    else high = middle - 1;
  }
  const isHalved = low > 0 && /[\uD800-\uDBFF]/.test(text.charAt(low - 1));
  return `${text.slice(0, isHalved ? low - 1 : low)}… (${text.length} characters)`;
}
