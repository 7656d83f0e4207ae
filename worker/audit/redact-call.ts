import type { Json } from "#contract/json";
import { MASK, Masker } from "../platform/redaction/masker.ts";

const HIDDEN = "(hidden)";
const MOST_DEPTH = 32;
/** Of longer texts the rest is told by its size: whatever somebody sends, looking through it takes a bounded time. */
const MOST_CHARACTERS = 16_384;
/** Shorter ones stand in too many words to be looked for. */
const LEAST_SECRET = 6;

/** Words of a name that say that a secret is meant. `key` is one only beside the words below, or alone. */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  "secret secrets token tokens password passwords passwd pwd passphrase credential credentials authorization bearer cookie cookies apikey apikeys privatekey accesskey secretkey otp pin signature sig jwt auth".split(
    " ",
  ),
);
const KEY_OF: ReadonlySet<string> = new Set(
  "api access secret private signing encryption client auth master service session subscription".split(" "),
);
/** Beside them `tokens` are counted, and none is shown. */
const COUNTS: ReadonlySet<string> = new Set(
  "max min num count total limit used usage budget input output prompt completion cached reasoning per remaining".split(
    " ",
  ),
);
/** The last word of a name that says which secret, or something about one, and not what it holds. */
const ABOUT: ReadonlySet<string> = new Set(
  "id ids name names count type url uri expires expiry at in seconds endpoint method limit".split(" "),
);

/** What is a credential by its look, wherever it stands. Sources: the formats' own prefixes. */
const SECRET_LOOK =
  /flm_[a-z]+_\w+|wrt_[\w-]{1,512}\.\w+|\b(?:sk|pk|rk)[-_](?:(?:live|test|proj|ant)[-_])?[\w-]{16,}|\bgh[pousr]_\w{20,}|github_pat_\w+|\bglpat-[\w-]{16,}|\bxox[abeprs]-[\w-]+|\bAKIA\w{16}|\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\beyJ[\w-]{1,512}\.[\w-]+\.[\w-]*|-----BEGIN [^-]+-----[^]*|\b(?:bearer|basic) +[\w.~+/=-]{8,}/gi;
/** Name and password before an address's host. */
const USERINFO = /\b([a-z][a-z0-9+.-]{0,31}:\/\/)[^\s/?#@]*(?:@[^\s/?#@]*)*@/gi;
/** The beginning of `name=value`, `name: value` or `"name":"value"` within a text. */
const NAMED = /(?<=^|[?&#;,{\s"'(])([A-Za-z][\w.%-]{0,63})["']?\s{0,4}[:=]\s{0,4}["']?/g;
const VALUE = /[^\s"'&;,})#]+/y;

/** Whether what goes by this name is a secret, in any spelling: `API_KEY`, `apiKey`, `x-api-key`. Pure. */
export function isSecretName(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  if (words.length > 1 && ABOUT.has(words.at(-1) ?? "")) return false;
  if (words.length === 1 && words[0] === "key") return true;
  return words.some((word, index) => {
    if (word === "key" || word === "keys") return KEY_OF.has(words[index - 1] ?? "");
    if (word === "tokens" && words.some((other) => COUNTS.has(other))) return false;
    return SECRET_WORDS.has(word);
  });
}

/**
 * A call's parameters, request or message without what nobody may read again: everything below a secret's name at any
 * depth, the values that are known to be secrets and those found by a name wherever else they stand, what looks like a
 * credential, and in addresses the name and password and what secrets' parameters hold. What is no secret stays whole.
 * Pure.
 */
export function redactCall(value: string, known?: readonly string[]): string;
export function redactCall(value: unknown, known?: readonly string[]): Json;
export function redactCall(value: unknown, known: readonly string[] = []): Json {
  const found = known.filter((text) => text.length >= LEAST_SECRET);
  const shown = show(value, { depth: 0, found });
  return new Masker(found).json(shown);
}

interface Place {
  depth: number;
  /** Gathers what is found to be a secret. */
  found: string[];
}

function show(value: unknown, place: Place): Json {
  if (typeof value === "string") return showText(value, place.found);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (typeof value !== "object") return null;
  const { depth, found } = place;
  if (depth >= MOST_DEPTH) return "(deeper)";
  const below = { depth: depth + 1, found };
  if (Array.isArray(value)) return value.map((item) => show(item, below));
  const named = findNamed(value);
  const members = Object.entries(value).map(([name, item]): [string, Json] => {
    const isSecret = named === undefined ? isSecretName(name) : name === "value" && isSecretName(named);
    return [showText(name, found), isSecret ? hide(item, found) : show(item, below)];
  });
  return Object.fromEntries(members);
}

/** The name in `{name: "Authorization", value: "..."}`, as headers are given; undefined for anything else. */
function findNamed(value: object): string | undefined {
  if (!("value" in value)) return undefined;
  if ("name" in value && typeof value.name === "string") return value.name;
  return "key" in value && typeof value.key === "string" ? value.key : undefined;
}

/** Hides what goes by a secret's name; a switch or nothing tells no secret. */
function hide(value: unknown, found: string[]): Json {
  if (value === null || typeof value === "boolean") return value;
  gather(value, found, 0);
  return HIDDEN;
}

function gather(value: unknown, found: string[], depth: number): void {
  if (typeof value === "string" && value.length >= LEAST_SECRET) found.push(value);
  if (typeof value === "number" && String(value).length >= LEAST_SECRET) found.push(String(value));
  if (typeof value !== "object" || value === null || depth >= MOST_DEPTH) return;
  for (const item of Object.values(value)) gather(item, found, depth + 1);
}

function showText(text: string, found: string[]): string {
  const rest = text.length - MOST_CHARACTERS;
  if (rest > 0) return `${showText(text.slice(0, MOST_CHARACTERS), found)} (and ${rest} characters)`;
  const looked = text.replaceAll(SECRET_LOOK, MASK).replaceAll(USERINFO, `$1${MASK}@`);
  const pieces: string[] = [];
  let kept = 0;
  for (const match of looked.matchAll(NAMED)) {
    const name = decode(match[1] ?? "");
    VALUE.lastIndex = match.index + match[0].length;
    const [value] = VALUE.exec(looked) ?? [];
    // Alone, `key` says too little within a text.
    const isNone = value === undefined || value.startsWith(MASK) || name.toLowerCase() === "key";
    if (isNone || match.index < kept || !isSecretName(name)) continue;
    if (value.length >= LEAST_SECRET) found.push(value);
    pieces.push(looked.slice(kept, match.index + match[0].length), MASK);
    kept = match.index + match[0].length + value.length;
  }
  return pieces.join("") + looked.slice(kept);
}

/** A parameter's name as it is read, where it is escaped in an address. */
function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
