import type * as z from "zod";
import { describeFault, JSON_DEPTH, mendTexts, scanJson } from "./json-scan.ts";
import type { JsonFault } from "./json-scan.ts";

/** Any value that JSON can say. */
export type Json = z.infer<ReturnType<typeof z.json>>;

const [QUOTE, BACKSLASH] = ['"', "\\"];

/** Whether lists and objects lie deeper in each other than we read; looks at brackets outside of texts only. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isInText) {
      if (character === BACKSLASH) at++;
      else if (character === QUOTE) isInText = false;
      continue;
    }
    if (character === QUOTE) isInText = true;
    else if (character === "[" || character === "{") depth++;
    else if (character === "]" || character === "}") depth--;
    if (depth > JSON_DEPTH) return true;
  }
  return false;
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
  return JSON.parse(text) as Json;
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
  return mendTexts(JSON.parse(text) as Json, text);
}
