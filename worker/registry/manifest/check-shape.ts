import type { Json } from "#contract/json";
import type * as z from "zod";
import { ANY_KEY, listManifestKeys } from "#contract/manifest/key-table";
import type { ManifestKey } from "#contract/manifest/key-table";
import { authoredManifestSchema } from "#contract/manifest/keys";
import type { AuthoredManifest } from "#contract/manifest/keys";
import type { Finding, Report } from "./report.ts";
import { didYouMean } from "../suggest.ts";
import { describeNode, isBlank } from "./yaml-node.ts";
import type { MapNode, Place, YamlNode } from "./yaml-node.ts";

type Issue = z.core.$ZodIssue;

/** Of one mapping; looking for what was meant costs time for each. */
const MAX_UNKNOWN_KEYS = 200;
const keys = new Map(listManifestKeys().map((key) => [key.path, key]));

/** Mappings whose names are their authors'. */
const namedByAuthors = new Set(
  [...keys.keys()].flatMap((path) =>
    path
      .split(`.${ANY_KEY}`)
      .flatMap((_, at, parts) => (at === 0 ? [] : [parts.slice(0, at).join(`.${ANY_KEY}`)])),
  ),
);

/**
 * Checks the file against the table of keys: unknown keys (with a suggestion), missing keys, wrong types, values that
 * break their rule. Returns the typed value when there is nothing to report.
 */
export function checkShape(root: MapNode, report: Report): AuthoredManifest | null {
  const parsed = authoredManifestSchema.safeParse(toValue(root, ""));
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) reportIssue(root, issue, report);
  return null;
}

/** The plain value; known keys without a value (`folder:`) count as left out. */
function toValue(node: YamlNode, path: string): Json {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map((item) => toValue(item, `${path}[]`));
  const entries = [...node.entries].flatMap(([key, { value }]) => {
    const at = join(path, key);
    return keys.has(at) && isBlank(value) ? [] : [[key, toValue(value, at)] as const];
  });
  return Object.fromEntries(entries);
}

/** The path of a key below another; where authors give the names, that of any of them. */
function join(path: string, key: string): string {
  if (namedByAuthors.has(path)) return `${path}.${ANY_KEY}`;
  return path === "" ? key : `${path}.${key}`;
}

/** Key path of a zod path: `["exec", "inputs", 0, "name"]` is `exec.inputs[].name`. */
function keyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (at, step) => (typeof step === "number" ? `${at}[]` : join(at, String(step))),
    "",
  );
}

/** The node at `path`, or as far as the path goes; `isMissing` when its last step is not in the file. */
function locate(root: MapNode, path: readonly PropertyKey[]): { place: Place; node: YamlNode | undefined } {
  let node: YamlNode = root;
  let place: Place = root;
  for (const step of path) {
    const entry: Place | undefined = node.kind === "map" ? node.entries.get(String(step))?.key : undefined;
    const next: YamlNode | undefined =
      node.kind === "map"
        ? node.entries.get(String(step))?.value
        : node.kind === "list"
          ? node.items[Number(step)]
          : undefined;
    if (next === undefined || isBlank(next)) return { place: entry ?? place, node: undefined };
    node = next;
    place = entry ?? next;
  }
  return { place: node, node };
}

function reportIssue(root: MapNode, issue: Issue, report: Report): void {
  if (issue.code === "unrecognized_keys") {
    const known = childrenOf(keyPath(issue.path));
    for (const key of issue.keys.slice(0, MAX_UNKNOWN_KEYS))
      reportUnknownKey(root, { path: [...issue.path, key], known }, report);

    return;
  }
  const { place, node } = locate(root, issue.path);
  const path = keyPath(issue.path);
  const key = keys.get(path);
  if (node === undefined) report.error(missingPlace(place, issue), missingKey(path, key));
  else report.error(place, brokenRule({ issue, path, node, key }));
}

/** A missing key has no place of its own: it is the place of its parent, with the pointer of the key. */
function missingPlace(parent: Place, issue: Issue): Place {
  return { ...parent, pointer: issue.path.map((step) => `/${String(step)}`).join("") };
}

function missingKey(path: string, key: ManifestKey | undefined): Finding {
  return { code: "missing_key", message: `${nameOf(path)} is missing.`, fix: key?.rule ?? "Add the key." };
}

function reportUnknownKey(
  root: MapNode,
  { path, known }: { path: readonly PropertyKey[]; known: readonly string[] },
  report: Report,
): void {
  const parent = keyPath(path.slice(0, -1));
  const name = String(path.at(-1));
  const { place, node } = locate(root, path);
  const keyPlace = locateKey(root, path) ?? node ?? place;
  report.error(keyPlace, {
    code: "unknown_key",
    message: `${name} is not a key of ${parent === "" ? "worker.yml" : parent}.${didYouMean(name, known)}`,
    fix: `Remove it, or use one of: ${known.join(", ")}.`,
  });
}

function locateKey(root: MapNode, path: readonly PropertyKey[]): Place | undefined {
  const { node } = locate(root, path.slice(0, -1));
  return node?.kind === "map" ? node.entries.get(String(path.at(-1)))?.key : undefined;
}

/** Names of the keys directly below `parent`, from the one table. */
export function childrenOf(parent: string): string[] {
  const prefix = parent === "" ? "" : `${parent}.`;
  return [...keys.keys()]
    .filter((path) => path.startsWith(prefix) && !/[.[]/.test(path.slice(prefix.length)))
    .map((path) => path.slice(prefix.length))
    .filter((name) => name !== "" && name !== ANY_KEY);
}

interface Broken {
  issue: Issue;
  path: string;
  node: YamlNode;
  key: ManifestKey | undefined;
}

function brokenRule({ issue, path, node, key }: Broken): Finding {
  const name = nameOf(path);
  const fix = key?.rule ?? keys.get(path.replace(/\[\]$/, ""))?.rule ?? "See the reference of worker.yml.";
  const isWrongType = issue.code === "invalid_type" || issue.code === "invalid_union";
  if (isWrongType) return wrongType({ name, node, fix, key });
  if (issue.code === "invalid_value") {
    const allowed = issue.values.map(String);
    const given = node.kind === "scalar" ? node.source : describeNode(node);
    const hint = node.kind === "scalar" ? didYouMean(given, allowed) : "";
    return { code: "not_allowed", message: `${name} cannot be ${given}.${hint}`, fix };
  }
  if (issue.code === "too_small" || issue.code === "too_big") {
    const code = node.kind === "scalar" && typeof node.value === "number" ? "out_of_range" : "bad_length";
    return { code: key?.code ?? code, message: `${name} ${show(node)} is out of its bounds.`, fix };
  }
  return {
    code: key?.code ?? "bad_value",
    message: `${name} ${show(node)} is not written as it must be.`,
    fix,
  };
}

/** A number where text is due is most often a text that lacks its quotes, and then breaks the key's own rule. */
function wrongType(at: { name: string; node: YamlNode; fix: string; key: ManifestKey | undefined }): Finding {
  const { node, key } = at;
  const isUnquoted = key?.type === "text" && node.kind === "scalar" && typeof node.value !== "string";
  const wanted = key === undefined ? "something else" : key.type;
  return {
    code: isUnquoted ? (key.code ?? "wrong_type") : "wrong_type",
    message: `${at.name} must be ${wanted}, but is ${describeNode(node)}.`,
    fix: isUnquoted ? `Put it in quotes: "${node.source}". ${at.fix}` : at.fix,
  };
}

function show(node: YamlNode): string {
  return node.kind === "scalar" && node.source.length <= 80 ? node.source : `(${describeNode(node)})`;
}

function nameOf(path: string): string {
  return path === "" ? "worker.yml" : path.replaceAll("[]", "");
}
