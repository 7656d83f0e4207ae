import type * as z from "zod";

/** Any value that JSON can say. */
export type Json = z.infer<ReturnType<typeof z.json>>;

/**
 * How deep lists and objects may lie in each other. No document of ours comes near; what walks a value step by step
 * (a schema, a comparison) would run out of stack far beyond it.
 */
const JSON_DEPTH = 200;

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

/** Reads JSON as what it is bound to be. Throws a SyntaxError for text that is none, JsonTooDeep for one nested too deep. */
export function parseJson(text: string): Json {
  if (isTooDeep(text))
    throw new JsonTooDeep(`lists and objects lie more than ${JSON_DEPTH} deep in each other`);
  return JSON.parse(text) as Json;
}
