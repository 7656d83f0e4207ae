import { normalizeFields } from "./normalize-fields.ts";
import type { Finding, Report } from "./report.ts";
import { findEntrypoint } from "./rules-exec.ts";
import {
  isBlank,
  mapAt,
  nodeAt,
  placeOf,
  textAt,
  textNode,
  withChangedValue,
  withEntry,
} from "./yaml-node.ts";
import type { MapEntry, MapNode, ScalarNode, YamlNode } from "./yaml-node.ts";

/** Keys that Floom accepts at the top although they belong to exec. */
const LIFTED = [
  "inputs",
  "outputs",
  "secrets",
  "mode",
  "runtime",
  "runner",
  "command",
  "disable_tools",
  "template_profile",
];
const WITHOUT_EFFECT = ["bundle_baked", "llm_intensive", "id", "entrypoints", "entrypoint"];

/**
 * Brings everything that Floom accepts elsewhere or by another name to its one place in schema 0.3, with a warning for
 * each. What is neither canonical nor known from the field stays where it is and is refused by the shape check.
 */
export function normalize(root: MapNode, report: Report): MapNode {
  const steps = [
    liftIntoExec,
    liftFromExec,
    readEntrypoint,
    dropWithoutEffect,
    normalizeExec,
    normalizeTriggers,
  ];
  return steps.reduce((map, step) => step(map, report), root);
}

function liftIntoExec(root: MapNode, report: Report): MapNode {
  return [...LIFTED, "resources"].reduce((map, key) => {
    const entry = map.entries.get(key);
    if (entry === undefined || isBlank(entry.value)) return map;
    // As a mapping it says how far the worker is trusted.
    if (key === "runtime" && entry.value.kind === "map") return map;
    if (key !== "resources") report.warning(entry.key, lifted(key, "exec"));
    const rest = withEntry(map, key, undefined);
    const isTaken = !isBlank(nodeAt(rest, "exec", key));
    if (isTaken) report.warning(entry.key, twice(key, "exec"));
    return isTaken ? rest : intoExec(rest, key, entry);
  }, root);
}

function intoExec(root: MapNode, key: string, entry: MapEntry): MapNode {
  const exec = nodeAt(root, "exec");
  if (exec !== undefined && exec.kind !== "map" && !isBlank(exec)) return root;
  const map: MapNode =
    exec?.kind === "map" ? exec : { ...placeOf(entry.key), kind: "map", entries: new Map() };
  const execKey = root.entries.get("exec")?.key ?? placeOf(entry.key);
  return withEntry(root, "exec", { key: execKey, value: withEntry(map, key, entry) });
}

/** `connections` under exec is the most common mistake of generated workers: it must never be dropped in silence. */
function liftFromExec(root: MapNode, report: Report): MapNode {
  return ["connections", "contexts"].reduce((map, key) => {
    const exec = mapAt(map, "exec");
    const entry = exec?.entries.get(key);
    if (exec === undefined || entry === undefined) return map;
    const rest = withChangedValue(map, "exec", () => withEntry(exec, key, undefined));
    if (isBlank(nodeAt(map, key))) {
      report.warning(entry.key, lifted(key, "the top of worker.yml"));
      return withEntry(rest, key, entry);
    }
    const finding = { ...twice(key, "the top of worker.yml"), code: `${key}_in_exec` };
    if (key === "connections") report.error(entry.key, finding);
    else report.warning(entry.key, finding);
    return rest;
  }, root);
}

/**
 * `entrypoint` and `entrypoints` are older spellings of exec.entry. Many files carry `entrypoint: SKILL.md` beside a
 * script's command and runtime, so they count only where exec says nothing of the kind of worker.
 */
function readEntrypoint(root: MapNode): MapNode {
  const older = findEntrypoint(root);
  const isPath = older?.value.kind === "scalar" && typeof older.value.value === "string";
  if (older === undefined || !isPath) return root;
  const isOpen = textAt(root, "exec", "entry") === undefined && !saysScript(root);
  return isOpen ? intoExec(root, "entry", older) : root;
}

/** Whether command, mode or runtime already say that the worker is a script. */
function saysScript(root: MapNode): boolean {
  const mode = textAt(root, "exec", "mode") ?? "agent";
  const runtime = textAt(root, "exec", "runtime") ?? "skill";
  return (
    !isBlank(nodeAt(root, "exec", "command")) || mode !== "agent" || !["skill", "none"].includes(runtime)
  );
}

function dropWithoutEffect(root: MapNode, report: Report): MapNode {
  const named = nameFromId(root, report);
  const exec = mapAt(named, "exec");
  const baked = exec?.entries.get("bundle_baked");
  if (baked !== undefined) report.warning(baked.key, noEffect("bundle_baked"));
  const withoutBaked =
    exec === undefined
      ? named
      : withChangedValue(named, "exec", () => withEntry(exec, "bundle_baked", undefined));
  return WITHOUT_EFFECT.reduce((map, key) => {
    const entry = map.entries.get(key);
    if (entry !== undefined && !key.startsWith("entrypoint")) report.warning(entry.key, noEffect(key));
    return withEntry(map, key, undefined);
  }, withoutBaked);
}

function nameFromId(root: MapNode, report: Report): MapNode {
  const id = root.entries.get("id");
  if (id === undefined || !isBlank(nodeAt(root, "name"))) return root;
  report.warning(id.key, { code: "renamed_key", message: "id is called name.", fix: "Rename id to name." });
  return withEntry(withEntry(root, "id", undefined), "name", id);
}

const RUNTIMES: Record<string, string> = {
  python: "python311",
  python3: "python311",
  "python3.11": "python311",
  python310: "python311",
  python312: "python311",
  node: "node22",
  nodejs: "node22",
  node18: "node22",
  node20: "node22",
  sh: "bash",
  shell: "bash",
};
const MODES: Record<string, string> = { "pure-script": "script", hybrid: "script" };
const RUNNERS: Record<string, string> = { local: "e2b" };
const TRIGGER_TYPES: Record<string, string> = { cron: "schedule", scheduled: "schedule" };

function normalizeExec(root: MapNode, report: Report): MapNode {
  return withChangedValue(root, "exec", (exec) => {
    if (exec.kind !== "map") return exec;
    const renamed = Object.entries({ runtime: RUNTIMES, mode: MODES, runner: RUNNERS }).reduce(
      (map, [key, names]) =>
        withChangedValue(map, key, (value) => renameValue(value, { key: `exec.${key}`, names }, report)),
      exec,
    );
    return ["inputs", "outputs"].reduce(
      (map, key) => withChangedValue(map, key, (fields) => normalizeFields(fields, report)),
      renamed,
    );
  });
}

/** The value under its present name; lower case counts as the same. */
function renameValue(
  value: YamlNode,
  rename: { key: string; names: Record<string, string> },
  report: Report,
): YamlNode {
  if (value.kind !== "scalar" || typeof value.value !== "string") return value;
  const lower = value.value.trim().toLowerCase();
  const present = Object.hasOwn(rename.names, lower) ? rename.names[lower] : undefined;
  if (present === undefined) return lower === value.value ? value : textNode(value, lower);
  report.warning(value, {
    code: "renamed_value",
    message: `${rename.key} ${value.source} is read as ${present}.`,
    fix: `Write ${present}.`,
  });
  return textNode(value, present);
}

function normalizeTriggers(root: MapNode, report: Report): MapNode {
  const both = !isBlank(nodeAt(root, "trigger")) && !isBlank(nodeAt(root, "triggers"));
  const single = root.entries.get("trigger");
  const one = withChangedValue(root, "trigger", (trigger) => normalizeTrigger(trigger, report));
  const many = withChangedValue(one, "triggers", (list) =>
    list.kind === "list"
      ? { ...list, items: list.items.map((item) => normalizeTrigger(item, report)) }
      : list,
  );
  if (!both || single === undefined) return many;
  return withEntry(many, "trigger", undefined);
}

/** A trigger written as a bare word (`trigger: manual`) is its type. */
function normalizeTrigger(trigger: YamlNode, report: Report): YamlNode {
  if (isBareWord(trigger)) {
    const type = renameValue(trigger, { key: "type", names: TRIGGER_TYPES }, report);
    return {
      ...placeOf(trigger),
      kind: "map",
      entries: new Map([["type", { key: placeOf(trigger), value: type }]]),
    };
  }
  if (trigger.kind !== "map") return trigger;
  return withChangedValue(trigger, "type", (type) =>
    renameValue(type, { key: "type", names: TRIGGER_TYPES }, report),
  );
}

function isBareWord(node: YamlNode): node is ScalarNode {
  return node.kind === "scalar" && typeof node.value === "string";
}

function lifted(key: string, to: string): Finding {
  return {
    code: "lifted_key",
    message: `${key} belongs to ${to}; it is read as if it stood there.`,
    fix: `Move ${key} to ${to}.`,
  };
}

function twice(key: string, winner: string): Finding {
  return {
    code: "key_in_two_places",
    message: `${key} is written in two places; the one in ${winner} counts.`,
    fix: "Keep one of them.",
  };
}

function noEffect(key: string): Finding {
  return { code: "no_effect", message: `${key} has no effect here.`, fix: "Remove it." };
}
