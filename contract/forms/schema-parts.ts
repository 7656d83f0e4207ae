import type { Json } from "../json.ts";

export type SchemaNode = Readonly<Record<string, Json>>;

export function isNode(value: Json | undefined): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema as an object: `true` and whatever is none allow everything. */
export function asNode(value: Json | undefined): SchemaNode {
  return isNode(value) ? value : {};
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function textsOf(value: Json | undefined): string[] {
  return listOf(value).filter((item) => typeof item === "string");
}

/** What `#/$defs/Name` or any other local pointer leads to in `root`; undefined where it leads nowhere. */
export function findLocal(root: SchemaNode, ref: string): SchemaNode | undefined {
  if (!ref.startsWith("#/")) return undefined;
  let at: Json | undefined = root;
  for (const token of ref.slice(2).split("/")) {
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    at = isNode(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return isNode(at) ? at : undefined;
}

/** Whether two values are the same JSON; the order of an object's keys does not count. */
export function isSameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, at) => isSameJson(item, other[at]));
  if (!isNode(one) || !isNode(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && isSameJson(one[name], other[name]));
}
