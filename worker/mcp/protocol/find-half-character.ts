import type { Json } from "#contract/json";

/**
 * Where a text lies that holds half a character, which JSON can say and no address can: a pointer to it, or to the
 * member that is named so. Null where there is none. Pure.
 */
export function findHalfCharacter(value: Json, pointer = ""): string | null {
  if (typeof value === "string") return value.isWellFormed() ? null : pointer;
  if (typeof value !== "object" || value === null) return null;
  for (const [name, one] of Object.entries(value)) {
    const place = `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const found = name.isWellFormed() ? findHalfCharacter(one, place) : place;
    if (found !== null) return found.toWellFormed();
  }
  return null;
}
