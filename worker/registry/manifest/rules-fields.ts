import { keyInputs } from "#contract/manifest/concurrency-key";
import type { Field } from "#contract/manifest/manifest";
import { isValueFormatName, isValueTypeName, valueFormats, valueTypes } from "#contract/manifest/value-types";
import { saysNothing } from "../check-inputs.ts";
import { checkValue } from "../inputs/check-value.ts";
import { valueType } from "../inputs/value-types.ts";
import { whyUnsafePath } from "#contract/safe-path";
import type { Report } from "./report.ts";
import { didYouMean } from "../suggest.ts";
import { isBlank, itemsAt, mapAt, nodeAt, textAt, toJson } from "./yaml-node.ts";
import type { MapNode, Place, YamlNode } from "./yaml-node.ts";

const typeNames = Object.keys(valueTypes);
const formatNames = Object.keys(valueFormats);

/** Relations between the keys of inputs and outputs, and of fields with each other. */
export function checkFields(root: MapNode, report: Report): void {
  for (const list of ["inputs", "outputs"]) {
    const seen = new Map<string, string>();
    for (const item of itemsAt(root, "exec", list)) {
      if (item.kind !== "map") continue;
      checkName(item, seen, report);
      checkField(item, report);
    }
  }
  checkExampleInput(root, report);
  checkConcurrencyKey(root, report);
}

function checkName(field: MapNode, seen: Map<string, string>, report: Report): void {
  const name = textAt(field, "name");
  const place = nodeAt(field, "name");
  if (name === undefined || place === undefined) return;
  const folded = name.toLowerCase();
  const other = seen.get(folded);
  if (other !== undefined) {
    report.error(place, {
      code: "duplicate_name",
      message:
        other === name
          ? `The name ${name} is used twice.`
          : `The names ${other} and ${name} differ only in case.`,
      fix: "Give each field its own name.",
    });
  }
  seen.set(folded, name);
}

function placeOfKey(field: MapNode, key: string): Place {
  return field.entries.get(key)?.key ?? field;
}

function checkField(field: MapNode, report: Report): void {
  if (textAt(field, "kind") === "file") checkFile(field, report);
  else checkScalar(field, report);
}

const SCALAR_ONLY = ["type", "options", "bounds", "format", "default"];
const FILE_ONLY = ["media_type", "path", "accepts", "max_size_mb", "accept_csv"];

function refuseKeys(field: MapNode, rule: { keys: string[]; what: string }, report: Report): void {
  for (const key of rule.keys) {
    if (isBlank(nodeAt(field, key))) continue;
    report.error(placeOfKey(field, key), {
      code: "mixed_field_kinds",
      message: `${textAt(field, "name") ?? "The field"} is a ${rule.what}, which has no ${key}.`,
      fix:
        rule.what === "file" ? `Remove ${key}, or make it a scalar.` : `Remove ${key}, or write kind: file.`,
    });
  }
}

function checkFile(field: MapNode, report: Report): void {
  refuseKeys(field, { keys: SCALAR_ONLY, what: "file" }, report);
  const path = textAt(field, "path");
  const reason = path === undefined ? null : whyUnsafePath(path);
  if (reason === null) return;
  report.error(nodeAt(field, "path") ?? field, {
    code: "bad_path",
    message: `path ${reason}.`,
    fix: "Write a path relative to the work directory, e.g. out/report.csv.",
  });
}

function checkScalar(field: MapNode, report: Report): void {
  refuseKeys(field, { keys: FILE_ONLY, what: "scalar" }, report);
  const type = textAt(field, "type");
  const options = nodeAt(field, "options");
  const hasOptions = options?.kind === "list" && options.items.length > 0;
  if (isBlank(nodeAt(field, "type")) && !hasOptions) {
    report.error(field, {
      code: "missing_type",
      message: `${textAt(field, "name") ?? "The field"} does not say its type.`,
      fix: "Add type: string, or number, integer, boolean, select; for a file write kind: file.",
    });
  }
  if (type === undefined) return checkDefaults(field, "select", report);
  if (!isValueTypeName(type)) {
    report.warning(nodeAt(field, "type") ?? field, {
      code: "unknown_type",
      message: `The type ${type} is not known and is treated as text.${didYouMean(type, typeNames)}`,
      fix: `Use one of: ${typeNames.join(", ")}.`,
    });
  }
  if (type === "select" && !hasOptions) {
    report.error(nodeAt(field, "type") ?? field, {
      code: "select_without_options",
      message: `${textAt(field, "name") ?? "The field"} is a select without options.`,
      fix: "Add options: [first, second].",
    });
  }
  checkBounds(field, type, report);
  checkFormat(field, type, report);
  checkDefaults(field, type, report);
}

function numberAt(field: MapNode, ...path: string[]): number | undefined {
  const node = nodeAt(field, ...path);
  return node?.kind === "scalar" && typeof node.value === "number" ? node.value : undefined;
}

function checkBounds(field: MapNode, type: string, report: Report): void {
  const bounds = mapAt(field, "bounds");
  if (bounds === undefined) return;
  const { json } = valueType(type);
  const applies: Record<string, boolean> = {
    minimum: json === "number",
    maximum: json === "number",
    min_length: json === "text" || json === "array",
    max_length: json === "text" || json === "array",
  };
  for (const [key, entry] of bounds.entries) {
    if (applies[key] !== false || isBlank(entry.value)) continue;
    report.error(entry.key, {
      code: "bounds_do_not_apply",
      message: `${key} says nothing about a value of the type ${type}.`,
      fix:
        json === "number" ? "Use minimum and maximum." : "Use min_length and max_length, on text or arrays.",
    });
  }
  for (const [low, high] of [
    ["minimum", "maximum"],
    ["min_length", "max_length"],
  ] as const) {
    const [from, to] = [numberAt(bounds, low), numberAt(bounds, high)];
    if (from === undefined || to === undefined || from <= to) continue;
    report.error(placeOfKey(bounds, low), {
      code: "bounds_reversed",
      message: `${low} ${from} is above ${high} ${to}, so no value can fit.`,
      fix: "Swap them.",
    });
  }
}

function checkFormat(field: MapNode, type: string, report: Report): void {
  const format = textAt(field, "format");
  const place = nodeAt(field, "format");
  if (format === undefined || place === undefined) return;
  if (!isValueFormatName(format)) {
    report.error(place, {
      code: "unknown_format",
      message: `The format ${format} is not known.${didYouMean(format, formatNames)}`,
      fix: `Use one of: ${formatNames.join(", ")}.`,
    });
  } else if (valueType(type).json !== "text") {
    report.error(place, {
      code: "format_does_not_apply",
      message: `A format says nothing about a value of the type ${type}.`,
      fix: "Remove format, or write type: string.",
    });
  }
}

/** A default that a run would be refused for is a mistake of the author; an example is a hint only. */
function checkDefaults(field: MapNode, type: string, report: Report): void {
  const rules = readRules(field, type);
  const given = nodeAt(field, "default");
  const isGiven = given !== undefined && !isBlank(given) && !saysNothing(rules, toJson(given));
  const checked = isGiven ? checkValue(rules, toJson(given)) : { ok: true as const };
  if (valueType(type).json === "text")
    for (const node of [...(isGiven ? [given] : []), ...itemsAt(field, "options")]) warnNumber(node, report);
  if (given !== undefined && !checked.ok) {
    report.error(given, {
      code: "bad_default",
      message: `The default ${checked.detail}.`,
      fix: "Write a default that fits.",
    });
  }
  for (const example of itemsAt(field, "examples")) {
    const fits = checkValue(rules, toJson(example));
    if (fits.ok) continue;
    report.warning(example, {
      code: "bad_example",
      message: `The example ${fits.detail}.`,
      fix: "Write one that fits.",
    });
  }
}

/** YAML reads 01067 as the number 1067 and 1.10 as 1.1: as a text that is another one. */
function warnNumber(node: YamlNode, report: Report): void {
  if (node.kind !== "scalar" || typeof node.value !== "number" || String(node.value) === node.source) return;
  report.warning(node, {
    code: "unquoted_text",
    message: `${node.source} is the number ${node.value} in YAML, and so becomes the text ${node.value}.`,
    fix: `Put it in quotes: "${node.source}".`,
  });
}

function readRules(field: MapNode, type: string): Pick<Field, "type" | "options" | "bounds" | "format"> {
  const bounds = mapAt(field, "bounds");
  const format = textAt(field, "format");
  const names = ["minimum", "maximum", "min_length", "max_length"] as const;
  const numbers = names.flatMap((name) => {
    const value = bounds === undefined ? undefined : numberAt(bounds, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    type,
    options: itemsAt(field, "options").map(toJson),
    bounds: Object.fromEntries(numbers),
    ...(format === undefined ? {} : { format }),
  };
}

function inputNames(root: MapNode): string[] {
  return itemsAt(root, "exec", "inputs").flatMap((item) => textAt(item, "name") ?? []);
}

function checkExampleInput(root: MapNode, report: Report): void {
  const names = inputNames(root);
  for (const [name, entry] of mapAt(root, "example_input")?.entries ?? []) {
    if (names.includes(name)) continue;
    report.warning(entry.key, {
      code: "unknown_input",
      message: `example_input has ${name}, which is not an input.${didYouMean(name, names)}`,
      fix: "Remove it, or declare the input.",
    });
  }
}

function checkConcurrencyKey(root: MapNode, report: Report): void {
  const key = textAt(root, "concurrency", "key");
  const place = nodeAt(root, "concurrency", "key");
  const names = inputNames(root);
  if (key === undefined || place === undefined) return;
  for (const name of keyInputs(key).filter((named) => !names.includes(named))) {
    report.error(place, {
      code: "unknown_input",
      message: `concurrency.key names ${name === "" ? "nothing" : name}, which is not an input.${didYouMean(name, names)}`,
      fix: "Name an input, or write a text with ${inputs.<name>} in it.",
    });
  }
  if (keyInputs(key).length > 0) return;
  report.error(place, {
    code: "bad_value",
    message: `concurrency.key ${key} names no input, so that all runs would be one group.`,
    fix: "Name an input, or leave the key out.",
  });
}
