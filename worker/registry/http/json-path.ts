import { compile, search } from "@jmespath-community/jmespath";
import type { Json } from "#contract/json";

/** Why an expression cannot be read; null when it can. Pure. */
export function judgePath(expression: string): string | null {
  if (expression.length > 500) return "is longer than 500 characters";
  try {
    compile(expression);
    return null;
  } catch (error) {
    return `is no JMESPath: ${error instanceof Error ? error.message : "it cannot be read"}`;
  }
}

/** What an expression finds, or what is there instead. */
export type PathResult = { found: true; value: Json } | { found: false; why: string };

const PLAIN = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

/** What a JMESPath expression finds in a document; nothing found is no value. Pure. */
export function findByPath(document: Json, expression: string): PathResult {
  if (PLAIN.test(expression)) return walk(document, expression.split("."));
  try {
    const value: Json = search(document, expression);
    if (value !== null) return { found: true, value };
    return { found: false, why: `nothing is there; the answer has ${describe(document)}` };
  } catch (error) {
    return { found: false, why: error instanceof Error ? error.message.slice(0, 200) : "it cannot be read" };
  }
}

function walk(document: Json, steps: readonly string[]): PathResult {
  let at = document;
  for (const [index, step] of steps.entries()) {
    if (typeof at !== "object" || at === null || Array.isArray(at) || !Object.hasOwn(at, step)) {
      const above = index === 0 ? "the answer" : steps.slice(0, index).join(".");
      return { found: false, why: `${above} has no ${step}, only ${describe(at)}` };
    }
    at = at[step] ?? null;
  }
  return { found: true, value: at };
}

const MOST_NAMES = 20;

/** What a value is, in words: its members by name. */
function describe(value: Json): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== "object" || value === null) return value === null ? "null" : `a ${typeof value}`;
  const names = Object.keys(value).map((name) => name.slice(0, 60));
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  return names.length === 0 ? "an empty object" : `${names.slice(0, MOST_NAMES).join(", ")}${more}`;
}
