import type * as z from "zod";
import { describeFault, JSON_DEPTH, numberFault, scanJson } from "./json-scan.ts";
import type { JsonFault } from "./json-scan.ts";

/** Any value that JSON can say. */
export type Json = z.infer<ReturnType<typeof z.json>>;

const codeOf = (character: string) => character.charCodeAt(0);
const [QUOTE, BACKSLASH] = [codeOf('"'), codeOf("\\")];
const OPENING = [codeOf("["), codeOf("{")];
const CLOSING = [codeOf("]"), codeOf("}")];

/** Whether lists and objects lie deeper in each other than we read; looks at brackets outside of texts only. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at);
    else if (OPENING.includes(code)) depth++;
    else if (CLOSING.includes(code)) depth--;
    if (depth > JSON_DEPTH) return true;
  }
  return false;
}

/** Where the text ends that begins with the quote at `start`; the end of all where it does not. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((end - before) % 2 === 0) return end;
  }
  return text.length;
}

type Reviver = (name: string, value: unknown, context?: { source?: string }) => unknown;

function read(text: string, reviver?: Reviver): Json {
  return JSON.parse(text, reviver) as Json;
}

/** What is JSON, perhaps, and is not read. */
export class JsonTooDeep extends SyntaxError {}

/**
 * Reads JSON that a program of ours wrote, or that was judged when it came in. Throws a SyntaxError for text that is
 * none, JsonTooDeep for one nested too deep.
 */
export function parseJson(text: string): Json {
  if (isTooDeep(text))
    throw new JsonTooDeep(`lists and objects lie more than ${JSON_DEPTH} deep in each other`);
  return read(text);
}

/** Why a given JSON text is not taken; its message names the place and reads behind a colon. */
export class JsonRefused extends SyntaxError {
  readonly fault: JsonFault;

  constructor(fault: JsonFault) {
    super(describeFault(fault));
    this.fault = fault;
  }
}

/**
 * Reads JSON that somebody gave, exactly or not at all: what no reader could keep as it is written is refused with its
 * place, never changed in silence. Only lone halves of character pairs, of which UTF-8 has none, become U+FFFD.
 * Throws JsonRefused.
 */
export function readGivenJson(text: string): Json {
  const fault = scanJson(text);
  if (fault !== null) throw new JsonRefused(fault);
  return mendTexts(read(text), text);
}

/**
 * Reads JSON of a sender who cannot be asked for another one, as well as it can be kept: a number that no double holds
 * becomes the text of its digits, of a name that stands twice the last one counts, `__proto__` is left out. `fault` is
 * the first such place. What is no JSON, or too deep, is undefined.
 */
export function readForeignJson(text: string): { json: Json | undefined; fault: JsonFault | null } {
  const fault = scanJson(text);
  if (fault !== null && (fault.code === "syntax" || isTooDeep(text))) return { json: undefined, fault };
  try {
    return { json: mendTexts(read(text, keepDigits), text), fault };
  } catch {
    // The scan ends at its first find: what follows may be no JSON.
    return { json: undefined, fault };
  }
}

/** For JSON.parse: what a double would change stays the text that was sent; `undefined` leaves a member out. */
function keepDigits(name: string, value: unknown, context?: { source?: string }): unknown {
  if (name === "__proto__") return undefined;
  const source = context?.source;
  if (typeof value !== "number" || source === undefined) return value;
  return numberFault(source, !/[.eE]/.test(source)) === null ? value : source;
}

const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Every lone half of a character pair, which UTF-8 cannot carry, as U+FFFD. `text` is what `value` was read from. */
function mendTexts(value: Json, text: string): Json {
  return SURROGATE_ESCAPE.test(text) ? mend(value) : value;
}

function mend(value: Json): Json {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(mend);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toWellFormed(), mend(inner)]));
}
