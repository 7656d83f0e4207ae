import { parse } from "yaml";
import { readForeignJson } from "#contract/json";
import type { Json } from "#contract/json";
import { isObject } from "../actions/compile-schema.ts";

/** An object of a document. */
export type Node = Record<string, Json>;

/** Reads an OpenAPI 3 or Swagger 2 document, JSON or YAML; a sentence where it is none. Pure. */
export function readDocument(text: string): Node | string {
  const root = readForeignJson(text).json ?? readYaml(text);
  if (!isObject(root)) return "It is neither JSON nor YAML with keys at its top.";
  const version = root["openapi"] ?? root["swagger"];
  if (typeof version !== "string" || !/^(?:3\.[01]|2\.0)/.test(version))
    return "It does not say openapi: 3.0, openapi: 3.1 or swagger: 2.0.";
  return isObject(root["paths"]) ? root : "It has no paths.";
}

function readYaml(text: string): Json | undefined {
  try {
    const value: unknown = parse(text, { maxAliasCount: 100, schema: "core", logLevel: "error" });
    // Through JSON: what YAML knows and JSON does not is left behind.
    return readForeignJson(JSON.stringify(value) ?? "").json;
  } catch {
    return undefined;
  }
}

const MOST_STEPS = 20;

/** What a node stands for where it is a reference within the document; nothing outside of it is ever fetched. Pure. */
export function follow(root: Node, node: Json | undefined): Node {
  let at: Json | undefined = node;
  for (let step = 0; step < MOST_STEPS; step++) {
    if (!isObject(at)) return {};
    const ref = at["$ref"];
    if (typeof ref !== "string") return at;
    at = ref.startsWith("#/") ? find(root, ref) : undefined;
  }
  return {};
}

function find(root: Node, ref: string): Json | undefined {
  return ref
    .slice(2)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<Json | undefined>(
      (at, step) => (isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined),
      root,
    );
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

export function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

export function entriesOf(value: Json | undefined): [string, Json][] {
  return isObject(value) ? Object.entries(value) : [];
}
