import { childrenOf } from "./check-shape.ts";
import type { Report } from "./report.ts";
import { didYouMean } from "../suggest.ts";
import {
  isBlank,
  itemsAt,
  mapAt,
  nodeAt,
  placeOf,
  textAt,
  textNode,
  withChangedValue,
  withEntry,
} from "./yaml-node.ts";
import type { MapEntry, MapNode, Place, YamlNode } from "./yaml-node.ts";

const VERSION = "0.3";
/** Where the keys of the older `runtime` mapping belong in schema 0.3; `limits` and the model go to the top. */
const RUNTIME_TO_EXEC: Record<string, string> = {
  type: "runtime",
  entrypoint: "entry",
  runner: "runner",
  command: "command",
  mode: "mode",
  disable_tools: "disable_tools",
};
const RUNTIME_TO_TOP = ["model", "system_prompt", "limits"];
const MOVED_TO_EXEC = ["inputs", "outputs", "secrets", "resources", "template_profile"];

/** Whether the file says it is schema 0.3; the number 0.3, written without quotes, counts with a warning. */
export function isCurrentSchema(root: MapNode, report: Report): boolean {
  const version = nodeAt(root, "schema_version");
  if (version?.kind !== "scalar") return false;
  if (version.value === VERSION) return true;
  if (version.source !== VERSION) return false;
  report.warning(version, {
    code: "unquoted_version",
    message: "schema_version 0.3 is a number here.",
    fix: 'Write schema_version: "0.3" in quotes.',
  });
  return true;
}

/**
 * Brings a file of the older shape (no schema_version, or another) to schema 0.3. It is read leniently: unknown keys
 * are warnings. Source: Floom's legacy WorkerConfig (id, runtime mapping, inputs and outputs at the top).
 */
export function fromLegacy(root: MapNode, report: Report): MapNode {
  report.warning(placeOf(root.entries.get("schema_version")?.value ?? root), {
    code: "legacy_shape",
    message: "The file is not marked as schema 0.3 and is read as the older shape.",
    fix: 'Write schema_version: "0.3" and move inputs, outputs and secrets under exec.',
  });
  refuseIntervals(root, report);
  const steps = [nameFromId, moveRuntime, moveToExec, requireOutputs, fillVersion];
  const moved = steps.reduce((map, step) => step(map), markCurrent(root));
  const pruned = dropUnknown(moved, "", report);
  return pruned.kind === "map" ? pruned : moved;
}

/** `every` and `at` of the older trigger cannot be kept as they were meant; silence would mean a worker that never runs. */
function refuseIntervals(root: MapNode, report: Report): void {
  const single = nodeAt(root, "trigger");
  for (const trigger of [...itemsAt(root, "triggers"), ...(single === undefined ? [] : [single])]) {
    for (const key of ["every", "at"]) {
      const entry = mapAt(trigger)?.entries.get(key);
      if (entry === undefined || isBlank(entry.value)) continue;
      report.error(entry.key, {
        code: "unsupported_trigger",
        message: `A trigger with ${key} is not supported.`,
        fix: 'Write type: schedule and five cron fields, e.g. cron: "*/15 * * * *".',
      });
    }
  }
}

export function markCurrent(root: MapNode): MapNode {
  return withEntry(root, "schema_version", textEntry(root, VERSION));
}

/** In the older shape `id` is the address and `name` the title. */
function nameFromId(root: MapNode): MapNode {
  const id = root.entries.get("id") ?? root.entries.get("name");
  const address = id === undefined ? undefined : textAt(root, root.entries.has("id") ? "id" : "name");
  if (id === undefined || address === undefined) return root;
  const title = root.entries.get("title") ?? root.entries.get("name") ?? id;
  const named = withEntry(root, "name", { key: id.key, value: textNode(id.value, slugify(address)) });
  return withEntry(withEntry(named, "title", title), "id", undefined);
}

function slugify(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}

function moveRuntime(root: MapNode): MapNode {
  const runtime = root.entries.get("runtime");
  if (runtime === undefined) return root;
  const rest = withEntry(root, "runtime", undefined);
  if (runtime.value.kind !== "map") return intoExec(rest, "runtime", runtime);
  return [...runtime.value.entries].reduce((map, [key, entry]) => {
    if (Object.hasOwn(RUNTIME_TO_EXEC, key)) return intoExec(map, RUNTIME_TO_EXEC[key] ?? key, entry);
    if (!RUNTIME_TO_TOP.includes(key)) return map;
    return isBlank(nodeAt(map, key)) ? withEntry(map, key, entry) : map;
  }, rest);
}

function moveToExec(root: MapNode): MapNode {
  return MOVED_TO_EXEC.reduce((map, key) => {
    const entry = map.entries.get(key);
    return entry === undefined ? map : intoExec(withEntry(map, key, undefined), key, entry);
  }, root);
}

function intoExec(root: MapNode, key: string, entry: MapEntry): MapNode {
  const exec = mapAt(root, "exec") ?? { ...placeOf(entry.key), kind: "map" as const, entries: new Map() };
  if (!isBlank(exec.entries.get(key)?.value)) return root;
  const execKey = root.entries.get("exec")?.key ?? placeOf(entry.key);
  return withEntry(root, "exec", { key: execKey, value: withEntry(exec, key, entry) });
}

/** An output of the older shape is required unless it says otherwise. */
function requireOutputs(root: MapNode): MapNode {
  const require = (field: YamlNode): YamlNode => {
    if (field.kind !== "map" || !isBlank(nodeAt(field, "required"))) return field;
    const place = placeOf(field);
    return withEntry(field, "required", {
      key: place,
      value: { ...place, kind: "scalar", value: true, source: "true" },
    });
  };
  return withChangedValue(root, "exec", (exec) =>
    exec.kind !== "map"
      ? exec
      : withChangedValue(exec, "outputs", (list) =>
          list.kind === "list" ? { ...list, items: list.items.map(require) } : list,
        ),
  );
}

/** The older shape has no version of its own. */
function fillVersion(root: MapNode): MapNode {
  return isBlank(nodeAt(root, "version")) ? withEntry(root, "version", textEntry(root, "0.1.0")) : root;
}

function textEntry(place: Place, value: string): MapEntry {
  return { key: placeOf(place), value: textNode(place, value) };
}

/** Keys that no longer mean anything are said so and left out. */
const UNDERSTOOD_LATER = new Set([
  "entrypoint",
  "entrypoints",
  "bundle_baked",
  "llm_intensive",
  "mode",
  "command",
  "runner",
]);

function dropUnknown(node: YamlNode, path: string, report: Report): YamlNode {
  if (node.kind === "list")
    return { ...node, items: node.items.map((item) => dropUnknown(item, `${path}[]`, report)) };
  const known = childrenOf(path);
  if (node.kind !== "map" || known.length === 0) return node;
  const kept = [...node.entries].flatMap(([key, entry]): [string, MapEntry][] => {
    const at = path === "" ? key : `${path}.${key}`;
    if (known.includes(key)) return [[key, { key: entry.key, value: dropUnknown(entry.value, at, report) }]];
    if (UNDERSTOOD_LATER.has(key)) return [[key, entry]];
    report.warning(entry.key, {
      code: "unknown_key",
      message: `${at.replaceAll("[]", "")} is not known and has no effect.${didYouMean(key, known)}`,
      fix: "Remove it.",
    });
    return [];
  });
  return { ...node, entries: new Map(kept) };
}
