import type * as z from "zod";

/** Any value that JSON can say. */
export type Json = z.infer<ReturnType<typeof z.json>>;

/** Reads JSON as what it is bound to be. Throws a SyntaxError for text that is none. */
export function parseJson(text: string): Json {
  return JSON.parse(text) as Json;
}
