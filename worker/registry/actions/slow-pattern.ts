import type { JsonSchema } from "#contract/actions/action";
import { whyNotTried } from "#contract/forms/measure-pattern";
import type { Json } from "#contract/json";
import { isObject } from "./compile-schema.ts";

/**
 * The first pattern of a schema that is not to be tried on a value, with the reason; null where all are. Patterns are an
 * author's, values anybody's, and nothing breaks off a pattern that tries everything. Pure.
 */
export function findSlowPattern(schema: JsonSchema, value: Json): { pattern: string; why: string } | null {
  const patterns = [...new Set(listPatterns(schema))];
  if (patterns.length === 0) return null;
  const characters = longestText(value);
  for (const pattern of patterns) {
    const why = whyNotTried(pattern, characters);
    if (why !== null) return { pattern, why };
  }
  return null;
}

function listPatterns(schema: Json): string[] {
  if (Array.isArray(schema)) return schema.flatMap(listPatterns);
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([key, inner]) => {
    if (key === "pattern" && typeof inner === "string") return [inner];
    const ofKeys = key === "patternProperties" && isObject(inner) ? Object.keys(inner) : [];
    return [...ofKeys, ...listPatterns(inner)];
  });
}

function longestText(value: Json): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  const parts = Array.isArray(value) ? value : Object.entries(value).flat();
  return parts.reduce<number>((most, one) => Math.max(most, longestText(one)), 0);
}
