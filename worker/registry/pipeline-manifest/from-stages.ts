import { runLimits } from "#contract/runs/limits";
import type { Report } from "../manifest/report.ts";
import { readCondition, readMapped } from "../pipeline/read-mapping.ts";
import { isBlank, itemsAt, nodeAt, placeOf, textAt, textNode, toJson } from "../manifest/yaml-node.ts";
import type { MapEntry, MapNode, Place, YamlNode } from "../manifest/yaml-node.ts";

/** Keys of a stage of the older format, by what they are called in worker.yml. */
const STAGE_KEYS: Readonly<Record<string, string>> = {
  name: "name",
  worker_type: "worker",
  input_mapping: "input_mapping",
  depends_on: "after",
  condition: "condition",
  timeout_seconds: "timeout_seconds",
  max_retries: "retries",
};
/** Keys that have no counterpart: a worker says by itself which model it asks, and what it takes and gives. */
const NO_EFFECT = ["tier", "input_schema", "output_schema", "input_schema_ref", "output_schema_ref"];

/**
 * A pipeline of the older format, whose stages are `pipeline_stages`, as the worker.yml that it stands for. Its inputs are
 * what its stages read of `goal`. Places stay those of the file. Source: loom's pipeline schema.
 */
export function fromStages(root: MapNode, report: Report): MapNode {
  const key = root.entries.get("pipeline_stages")?.key ?? root;
  report.warning(key, {
    code: "older_format",
    message: "The file is a pipeline of the older format and is read as one of worker.yml.",
    fix: "Nothing need be done; floom show prints the worker.yml that it stands for.",
  });
  const known = ["name", "title", "version", "description", "tags", "pipeline_stages", "timeout_seconds"];
  for (const [name, entry] of root.entries) {
    if (known.includes(name) || ["max_concurrent_goals", "schema_version"].includes(name)) continue;
    report.warning(entry.key, noEffect(name));
  }
  const stages = itemsAt(root, "pipeline_stages");
  const name = textAt(root, "name") ?? "";
  return mapOf(root, [
    ["schema_version", entryOf(key, text(key, "0.3"))],
    [
      "name",
      root.entries.has("name") ? entryOf(nodeAt(root, "name") ?? key, text(key, slugOf(name))) : undefined,
    ],
    ["title", root.entries.get("title") ?? root.entries.get("name")],
    ["version", root.entries.get("version") ?? entryOf(key, text(key, "1.0.0"))],
    ["description", root.entries.get("description")],
    ["tags", root.entries.get("tags")],
    ["exec", entryOf(key, execOf(stages, key))],
    [
      "stages",
      {
        key: placeOf(key),
        value: listOf(
          nodeAt(root, "pipeline_stages") ?? placeOf(key),
          stages.map((stage) => stageOf(stage, { root, report })),
        ),
      },
    ],
    ["limits", limitsOf(root, stages.length)],
    ["concurrency", concurrencyOf(root)],
  ]);
}

const noEffect = (name: string) => ({
  code: "no_effect",
  message: `${name} has no effect here.`,
  fix: "Remove it.",
});

const slugOf = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");

function stageOf(stage: YamlNode, { root, report }: { root: MapNode; report: Report }): YamlNode {
  if (stage.kind !== "map") return stage;
  const entries = [...stage.entries].flatMap(([key, entry]): [string, MapEntry][] => {
    if (NO_EFFECT.includes(key)) {
      report.warning(entry.key, noEffect(key));
      return [];
    }
    return [[STAGE_KEYS[key] ?? key, renamed(key, entry)]];
  });
  const time = root.entries.get("timeout_seconds");
  const isTimed = stage.entries.has("timeout_seconds") || time === undefined;
  return mapOf(stage, isTimed ? entries : [...entries, ["timeout_seconds", time]]);
}

/** Names as worker.yml writes them: stages without hyphens, workers with them. */
function renamed(key: string, entry: MapEntry): MapEntry {
  const { value } = entry;
  const change = key === "worker_type" ? slugOf : (name: string) => name.replaceAll("-", "_");
  if (key === "depends_on" && value.kind === "list")
    return { ...entry, value: { ...value, items: value.items.map((item) => withText(item, change)) } };
  return key === "name" || key === "worker_type" ? { ...entry, value: withText(value, change) } : entry;
}

function withText(node: YamlNode, change: (text: string) => string): YamlNode {
  return node.kind === "scalar" && typeof node.value === "string" ? textNode(node, change(node.value)) : node;
}

/** A field that stages read of `goal.context`; it has to be given unless each of them goes on without it. */
function execOf(stages: readonly YamlNode[], key: Place): MapNode {
  const needed = new Map<string, { place: Place; required: boolean }>();
  const note = (expression: string, place: Place, isNeeded: boolean) => {
    for (const [, name] of expression.matchAll(/\binputs\.([A-Za-z_]\w*)/g)) {
      if (name === undefined) continue;
      const before = needed.get(name);
      const required = isNeeded && name !== "instruction";
      needed.set(name, { place: before?.place ?? place, required: required || (before?.required ?? false) });
    }
  };
  for (const stage of stages) {
    const mapping = nodeAt(stage, "input_mapping");
    for (const { value } of mapping?.kind === "map" ? mapping.entries.values() : []) {
      const read = readMapped(toJson(value));
      if ("expression" in read)
        note(read.expression, value, read.default === undefined && read.optional !== true);
    }
    const condition = textAt(stage, "condition");
    if (condition !== undefined) note(readCondition(condition), nodeAt(stage, "condition") ?? key, false);
  }
  const inputs = [...needed].map(([name, { place, required }]) => fieldOf(name, { place, required }));
  return mapOf(key, [
    ["mode", entryOf(key, text(key, "pipeline"))],
    ["inputs", inputs.length === 0 ? undefined : { key: placeOf(key), value: listOf(key, inputs) }],
  ]);
}

function fieldOf(name: string, { place, required }: { place: Place; required: boolean }): MapNode {
  return mapOf(place, [
    ["name", entryOf(place, text(place, name))],
    ["type", entryOf(place, text(place, "json"))],
    [
      "required",
      entryOf(place, { ...placeOf(place), kind: "scalar", value: required, source: String(required) }),
    ],
  ]);
}

/** Each stage had the pipeline's time; all of them together have as many times that. */
function limitsOf(root: MapNode, stages: number): MapEntry | undefined {
  const entry = root.entries.get("timeout_seconds");
  const seconds = entry === undefined ? undefined : toJson(entry.value);
  if (entry === undefined || typeof seconds !== "number") return undefined;
  const all = Math.min(runLimits.run_timeout_seconds.value, Math.ceil(seconds * Math.max(1, stages)));
  return { key: entry.key, value: mapOf(entry.value, [["timeout_seconds", numberOf(entry.value, all)]]) };
}

function concurrencyOf(root: MapNode): MapEntry | undefined {
  const entry = root.entries.get("max_concurrent_goals");
  return entry === undefined || isBlank(entry.value)
    ? undefined
    : { key: entry.key, value: mapOf(entry.value, [["limit", entry]]) };
}

const text = (place: Place, value: string) => textNode(place, value);
const entryOf = (place: Place, value: YamlNode): MapEntry => ({ key: placeOf(place), value });
const numberOf = (place: Place, value: number): MapEntry =>
  entryOf(place, { ...placeOf(place), kind: "scalar", value, source: String(value) });
const listOf = (place: Place, items: YamlNode[]): YamlNode => ({ ...placeOf(place), kind: "list", items });

function mapOf(place: Place, entries: readonly (readonly [string, MapEntry | undefined])[]): MapNode {
  const kept = entries.flatMap(([key, entry]): [string, MapEntry][] =>
    entry === undefined ? [] : [[key, entry]],
  );
  return { ...placeOf(place), kind: "map", entries: new Map(kept) };
}
