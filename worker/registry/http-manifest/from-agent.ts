import type { Report } from "../manifest/report.ts";
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
} from "../manifest/yaml-node.ts";
import type { MapEntry, MapNode, Place, YamlNode } from "../manifest/yaml-node.ts";

/**
 * A file of the older format, whose one root key is `agent`, as the worker.yml it stands for: declared HTTP tools. Places stay
 * those of the file. What meant nothing there, and what means nothing here, is said; what was broken there is found by
 * the rules of worker.yml. Source: loom's agent schema.
 */
export function fromAgent(root: MapNode, report: Report): MapNode {
  const agent = mapAt(root, "agent");
  const place = placeOf(root.entries.get("agent")?.key ?? root);
  if (agent === undefined) return root;
  report.warning(place, {
    code: "older_format",
    message: "The file is an agent of the older format and is read as declared HTTP tools.",
    fix: "Nothing need be done; floom show prints the worker.yml that it stands for.",
  });
  for (const [key, entry] of root.entries) if (key !== "agent") warnUnused(entry.key, { key, report });
  warnWithoutEffect(agent, report);
  const isOne = itemsAt(agent, "exposes").length === 1;
  const seconds = readSeconds(agent, report);
  const entries: [string, MapEntry | undefined][] = [
    ["schema_version", entryOf(place, "0.3")],
    ["name", nameOf(agent, { place, report })],
    ["title", entryOf(nodeAt(agent, "name") ?? place, textAt(agent, "name") ?? "")],
    ["version", textEntryOr(agent, { key: "version", otherwise: "1.0.0" })],
    [
      "description",
      isBlank(nodeAt(agent, "description")) || textAt(agent, "description") === ""
        ? undefined
        : agent.entries.get("description"),
    ],
    ["exec", { key: place, value: mapOf(place, [["mode", entryOf(place, "http")]]) }],
    ["exposes", changeItems(agent, "exposes", (item) => exposedOf(item, report))],
    ["http_bridge", changeItems(agent, "http_bridge", (item) => bridgeOf(item, { seconds, report }))],
    ["escalation_rules", agent.entries.get("escalation_rules")],
    ["runtime", tierOf(agent)],
    ["triggers", triggersOf(agent, { isOne, report })],
  ];
  return mapOf(placeOf(root), entries);
}

const entryOf = (place: Place, value: string): MapEntry => ({
  key: placeOf(place),
  value: textNode(place, value),
});

function mapOf(place: Place, entries: readonly (readonly [string, MapEntry | undefined])[]): MapNode {
  const kept = entries.flatMap(([key, entry]): [string, MapEntry][] =>
    entry === undefined || isBlank(entry.value) ? [] : [[key, entry]],
  );
  return { ...placeOf(place), kind: "map", entries: new Map(kept) };
}

function textEntryOr(map: MapNode, { key, otherwise }: { key: string; otherwise: string }): MapEntry {
  const found = map.entries.get(key);
  return found === undefined || isBlank(found.value) ? entryOf(map, otherwise) : found;
}

function warnUnused(place: Place, { key, report }: { key: string; report: Report }): void {
  report.warning(place, {
    code: "no_effect",
    message: `${key} has no effect here.`,
    fix: "Remove it.",
  });
}

/** Keys that meant nothing for such tools: the model, the sandbox, what it consumes. */
function warnWithoutEffect(agent: MapNode, report: Report): void {
  const known = [
    "name",
    "version",
    "description",
    "exposes",
    "http_bridge",
    "runtime",
    "triggers",
    "escalation_rules",
  ];
  for (const [key, entry] of agent.entries)
    if (!known.includes(key)) warnUnused(entry.key, { key: `agent.${key}`, report });
  for (const [key, entry] of mapAt(agent, "runtime")?.entries ?? []) {
    if (key !== "trust_tier" && key !== "max_execution_time")
      warnUnused(entry.key, { key: `agent.runtime.${key}`, report });
  }
}

/** A worker's address is narrower than an agent's name. */
function nameOf(agent: MapNode, { place, report }: { place: Place; report: Report }): MapEntry | undefined {
  const written = agent.entries.get("name");
  const name = textAt(agent, "name");
  if (written === undefined || name === undefined) return written;
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const address = slug.length < 3 ? `${slug}-agent` : slug;
  if (address === name) return written;
  report.warning(written.value, {
    code: "renamed_value",
    message: `The worker is called ${address}: its address takes lower-case letters, digits and hyphens.`,
    fix: `Write name: ${address}.`,
  });
  return { key: place, value: textNode(written.value, address) };
}

function changeItems(
  agent: MapNode,
  key: string,
  change: (item: YamlNode) => YamlNode,
): MapEntry | undefined {
  const entry = agent.entries.get(key);
  if (entry?.value.kind !== "list") return entry;
  return { key: entry.key, value: { ...entry.value, items: entry.value.items.map(change) } };
}

/** Only what the keys of worker.yml know; all else was ignored there, and is said here. */
function keepKeys(item: YamlNode, keys: readonly string[], report: Report): YamlNode {
  if (item.kind !== "map") return item;
  const kept = [...item.entries].filter(([key, entry]) => {
    if (keys.includes(key)) return true;
    warnUnused(entry.key, { key, report });
    return false;
  });
  return { ...item, entries: new Map(kept) };
}

const TYPES: Readonly<Record<string, string>> = {
  str: "string",
  int: "integer",
  float: "number",
  bool: "boolean",
  list: "array",
  dict: "object",
};
const KNOWN_TYPES = ["string", "integer", "number", "boolean", "array", "object"];

function exposedOf(item: YamlNode, report: Report): YamlNode {
  const kept = keepKeys(item, ["name", "description", "access", "parameters", "returns"], report);
  if (kept.kind !== "map") return kept;
  const typed = withChangedValue(kept, "parameters", (parameters) => {
    if (parameters.kind !== "map") return parameters;
    return [...parameters.entries.keys()].reduce(
      (map, name) =>
        withChangedValue(map, name, (said) => {
          const known = keepKeys(said, ["type", "description", "required", "default", "enum"], report);
          return known.kind === "map"
            ? withChangedValue(known, "type", (type) => typeOf(type, report))
            : known;
        }),
      parameters,
    );
  });
  return withChangedValue(typed, "returns", (said) =>
    keepKeys(said, ["type", "description", "items"], report),
  );
}

function typeOf(node: YamlNode, report: Report): YamlNode {
  if (node.kind !== "scalar" || typeof node.value !== "string") return node;
  const lower = node.value.trim().toLowerCase();
  const type = TYPES[lower] ?? lower;
  if (KNOWN_TYPES.includes(type)) return textNode(node, type);
  report.warning(node, {
    code: "renamed_value",
    message: `The type ${node.source.slice(0, 60)} is not known and is read as string.`,
    fix: "Write string, integer, number, boolean, array or object.",
  });
  return textNode(node, "string");
}

const BRIDGE_KEYS = [
  "tool_name",
  "method",
  "url",
  "headers",
  "body_template",
  "query_params",
  "response_path",
];

function bridgeOf(
  item: YamlNode,
  { seconds, report }: { seconds: MapEntry | undefined; report: Report },
): YamlNode {
  const kept = keepKeys(item, BRIDGE_KEYS, report);
  if (kept.kind !== "map") return kept;
  const pathed = withChangedValue(kept, "response_path", (path) =>
    path.kind === "scalar" && typeof path.value === "string" && path.value !== ""
      ? textNode(path, path.value.split(".").map(quoteStep).join("."))
      : { ...path, kind: "scalar", value: null, source: "" },
  );
  const upper = withChangedValue(pathed, "method", (method) =>
    method.kind === "scalar" && typeof method.value === "string"
      ? textNode(method, method.value.toUpperCase())
      : method,
  );
  const renamed = renameSecrets(upper, report);
  return renamed.kind === "map" && seconds !== undefined
    ? withEntry(renamed, "timeout_seconds", seconds)
    : renamed;
}

/** A step of a dotted path; what is no plain name stands in quotes in JMESPath. */
function quoteStep(step: string): string {
  return /^[A-Za-z_]\w*$/.test(step) ? step : JSON.stringify(step);
}

/** A secret's name is that of an environment variable here. */
function renameSecrets(node: YamlNode, report: Report): YamlNode {
  if (node.kind === "list") return { ...node, items: node.items.map((item) => renameSecrets(item, report)) };
  if (node.kind === "map") {
    return [...node.entries.keys()].reduce(
      (map, key) => withChangedValue(map, key, (value) => renameSecrets(value, report)),
      node,
    );
  }
  if (typeof node.value !== "string" || !node.value.includes("{{secret:")) return node;
  const renamed = node.value.replaceAll(/\{\{secret:([^\s{}]+)\}\}/g, (_whole, name: string) => {
    const proper = /^[A-Za-z_]\w*$/.test(name) ? name : name.toUpperCase().replaceAll(/\W/g, "_");
    if (proper !== name) {
      report.warning(node, {
        code: "renamed_value",
        message: `The secret ${name.slice(0, 80)} is called ${proper} here.`,
        fix: `Set it with: floom secrets set ${proper}`,
      });
    }
    return `{{secret:${proper}}}`;
  });
  return textNode(node, renamed);
}

/** `30s` and `2m` were understood there; anything else meant 30 seconds. */
function readSeconds(agent: MapNode, report: Report): MapEntry | undefined {
  const entry = mapAt(agent, "runtime")?.entries.get("max_execution_time");
  if (entry?.value.kind !== "scalar") return undefined;
  const found = /^(\d{1,6})([sm])$/.exec(entry.value.source.trim());
  const wanted = found === null ? 30 : Number(found[1]) * (found[2] === "m" ? 60 : 1);
  const seconds = Math.min(300, Math.max(1, wanted));
  if (found === null || seconds !== wanted) {
    report.warning(entry.value, {
      code: "renamed_value",
      message: `max_execution_time ${entry.value.source.slice(0, 40)} is read as ${seconds} seconds.`,
      fix: "Write seconds or minutes up to five, e.g. 30s or 2m.",
    });
  }
  return {
    key: entry.key,
    value: { ...placeOf(entry.value), kind: "scalar", value: seconds, source: String(seconds) },
  };
}

function tierOf(agent: MapNode): MapEntry | undefined {
  const entry = mapAt(agent, "runtime")?.entries.get("trust_tier");
  if (entry === undefined) return undefined;
  const { value } = entry;
  const isText = value.kind === "scalar" && typeof value.value === "string" && /^[1-4]$/.test(value.value);
  const tier: YamlNode = isText ? { ...value, value: Number(value.value) } : value;
  return { key: entry.key, value: mapOf(entry.key, [["trust_tier", { key: entry.key, value: tier }]]) };
}

const TRIGGER_TYPES: Readonly<Record<string, string>> = {
  cron: "schedule",
  on_demand: "manual",
  webhook: "webhook",
};

/** What starts runs. A trigger of that format named no tool, so that it means something only where there is one. */
function triggersOf(
  agent: MapNode,
  { isOne, report }: { isOne: boolean; report: Report },
): MapEntry | undefined {
  const entry = agent.entries.get("triggers");
  if (entry?.value.kind !== "list") return entry;
  const items = entry.value.items.flatMap((item): YamlNode[] => {
    const type = textAt(item, "type") ?? "";
    const present = TRIGGER_TYPES[type];
    if (item.kind !== "map" || present === undefined) return [item];
    const path = item.entries.get("webhook_path");
    if (path !== undefined && !isBlank(path.value)) warnUnused(path.key, { key: "webhook_path", report });
    if (!isOne && present !== "manual") {
      report.warning(item, {
        code: "trigger_without_tool",
        message: `The ${type} trigger says not which of the tools it starts, and starts none.`,
        fix: "Write it as a trigger of worker.yml, with action.",
      });
      return [];
    }
    const cron = item.entries.get("schedule");
    const typed: MapEntry = { key: placeOf(item), value: textNode(item, present) };
    return [
      mapOf(item, [
        ["type", typed],
        ["cron", cron],
      ]),
    ];
  });
  return items.length === 0 ? undefined : { key: entry.key, value: { ...entry.value, items } };
}
