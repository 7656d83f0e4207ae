import type { Json } from "#contract/json";

/** Where something stands in worker.yml: JSON Pointer (RFC 6901), line and column from 1. */
export interface Place {
  pointer: string;
  line: number;
  column: number;
}

export interface ScalarNode extends Place {
  kind: "scalar";
  value: string | number | boolean | null;
  /** As it was written, without quotes: `1.0` for the number 1. */
  source: string;
}

interface ListNode extends Place {
  kind: "list";
  items: YamlNode[];
}

/** One key of a mapping with its value; the place of the entry itself is that of the key. */
export interface MapEntry {
  key: Place;
  value: YamlNode;
}

export interface MapNode extends Place {
  kind: "map";
  entries: ReadonlyMap<string, MapEntry>;
}

/** A value of worker.yml that knows where it was written. Rules move nodes around but never change their places. */
export type YamlNode = ScalarNode | ListNode | MapNode;

/** The value at `path`, or undefined when a step is missing or not a mapping. */
export function nodeAt(node: YamlNode | undefined, ...path: string[]): YamlNode | undefined {
  return path.reduce<YamlNode | undefined>(
    (at, key) => (at?.kind === "map" ? at.entries.get(key)?.value : undefined),
    node,
  );
}

export function mapAt(node: YamlNode | undefined, ...path: string[]): MapNode | undefined {
  const found = nodeAt(node, ...path);
  return found?.kind === "map" ? found : undefined;
}

/** The items of the list at `path`; none when there is no list. */
export function itemsAt(node: YamlNode | undefined, ...path: string[]): YamlNode[] {
  const found = nodeAt(node, ...path);
  return found?.kind === "list" ? found.items : [];
}

/** The text at `path`; undefined when there is none, or something else than text. */
export function textAt(node: YamlNode | undefined, ...path: string[]): string | undefined {
  const found = nodeAt(node, ...path);
  return found?.kind === "scalar" && typeof found.value === "string" ? found.value : undefined;
}

/** Null and an empty value (`key:`) count as not written. */
export function isBlank(node: YamlNode | undefined): boolean {
  return node === undefined || (node.kind === "scalar" && node.value === null);
}

/** A copy of `map` in which `key` has `entry`; undefined takes the key away. */
export function withEntry(map: MapNode, key: string, entry: MapEntry | undefined): MapNode {
  const entries = new Map(map.entries);
  if (entry === undefined) entries.delete(key);
  else entries.set(key, entry);
  return { ...map, entries };
}

/** A copy of `map` in which the value of `key`, if it is there, is what `change` makes of it. */
export function withChangedValue(map: MapNode, key: string, change: (value: YamlNode) => YamlNode): MapNode {
  const entry = map.entries.get(key);
  return entry === undefined ? map : withEntry(map, key, { key: entry.key, value: change(entry.value) });
}

/** A text that stands where `place` is; for values that a rule makes out of others. */
export function textNode(place: Place, value: string): ScalarNode {
  return { ...placeOf(place), kind: "scalar", value, source: value };
}

export function placeOf(place: Place): Place {
  return { pointer: place.pointer, line: place.line, column: place.column };
}

/** Where the value at a path of keys and positions is written, or the nearest of the things around it. */
export function placeAlong(root: YamlNode, path: readonly (string | number)[]): Place {
  let at = root;
  for (const step of path) {
    const next =
      typeof step === "number"
        ? at.kind === "list" && at.items[step]
        : at.kind === "map" && at.entries.get(step)?.value;
    if (!next) break;
    at = next;
  }
  return placeOf(at);
}

/** The plain value of a node. */
export function toJson(node: YamlNode): Json {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(toJson);
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toJson(entry.value)]));
}

/** The place of what stands at `path`, or of as much of it as is there: a key's own for a variable. */
export function locate(root: MapNode, path: readonly PropertyKey[], keyItself: boolean): Place {
  let node: YamlNode = root;
  let place: Place = root;
  for (const step of path) {
    const entry: MapEntry | undefined = node.kind === "map" ? node.entries.get(String(step)) : undefined;
    const next: YamlNode | undefined = node.kind === "list" ? node.items[Number(step)] : entry?.value;
    if (next === undefined) break;
    node = next;
    place = keyItself ? (entry?.key ?? next) : next;
  }
  return place;
}

/** What a node is, in words an author knows. */
export function describeNode(node: YamlNode): string {
  if (node.kind === "map") return "a mapping";
  if (node.kind === "list") return "a list";
  if (node.value === null) return "empty";
  if (typeof node.value === "string") return "text";
  return typeof node.value === "number" ? `the number ${node.source}` : `the truth value ${node.source}`;
}

/** A path without the dots in front that say "here". */
export function trimPath(path: string): string {
  return path.replace(/^(\.\/)+/, "");
}
