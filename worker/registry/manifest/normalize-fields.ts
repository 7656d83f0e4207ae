import type { Report } from "./report.ts";
import { isBlank, nodeAt, placeOf, textAt, textNode, withEntry } from "./yaml-node.ts";
import type { MapNode, YamlNode } from "./yaml-node.ts";

/** Output types of older files that always meant a file, and what they contain. */
const FILE_TYPES: Record<string, string | undefined> = { file: undefined, csv: "text/csv" };
const TYPE_NAMES: Record<string, string> = {
  str: "string",
  int: "integer",
  float: "number",
  bool: "boolean",
  dict: "object",
  list: "array",
};

/** Says of each field whether it is a value or a file, and calls options by one name. */
export function normalizeFields(fields: YamlNode, report: Report): YamlNode {
  if (fields.kind !== "list") return fields;
  return {
    ...fields,
    items: fields.items.map((item) => (item.kind === "map" ? normalizeField(item, report) : item)),
  };
}

function normalizeField(field: MapNode, report: Report): MapNode {
  return mergeEnum(renameType(decideKind(field, report), report), report);
}

/** A field without `kind` is a file when its type or another key of it can only be meant for a file. */
function decideKind(field: MapNode, report: Report): MapNode {
  const type = textAt(field, "type")?.toLowerCase();
  const saysFile = type !== undefined && Object.hasOwn(FILE_TYPES, type);
  const kind = nodeAt(field, "kind");
  if (!isBlank(kind)) return textAt(field, "kind") === "file" && saysFile ? asFile(field, type) : field;
  const hasFileKeys = !isBlank(nodeAt(field, "media_type")) || !isBlank(nodeAt(field, "path"));
  if (!saysFile && !hasFileKeys) return field;
  report.warning(field.entries.get("type")?.key ?? field, {
    code: "kind_inferred",
    message: `${textAt(field, "name") ?? "The field"} is read as a file because of its ${saysFile ? "type" : "path or media type"}.`,
    fix: "Add kind: file.",
  });
  return asFile(field, type);
}

function asFile(field: MapNode, type: string | undefined): MapNode {
  const mediaType = type === undefined ? undefined : FILE_TYPES[type];
  const withoutType = withEntry(field, "type", undefined);
  const place = placeOf(field.entries.get("type")?.value ?? field);
  const kinded = withEntry(withoutType, "kind", { key: place, value: textNode(place, "file") });
  const isNamed = mediaType === undefined || !isBlank(nodeAt(field, "media_type"));
  return isNamed
    ? kinded
    : withEntry(kinded, "media_type", { key: place, value: textNode(place, mediaType) });
}

function renameType(field: MapNode, report: Report): MapNode {
  const entry = field.entries.get("type");
  const written = textAt(field, "type");
  const known =
    written === undefined || !Object.hasOwn(TYPE_NAMES, written) ? undefined : TYPE_NAMES[written];
  if (entry === undefined || known === undefined) return field;
  report.warning(entry.value, {
    code: "renamed_value",
    message: `The type ${written} is read as ${known}.`,
    fix: `Write ${known}.`,
  });
  return withEntry(field, "type", { key: entry.key, value: textNode(entry.value, known) });
}

function mergeEnum(field: MapNode, report: Report): MapNode {
  const entry = field.entries.get("enum");
  if (entry === undefined || isBlank(entry.value)) return field;
  const rest = withEntry(field, "enum", undefined);
  if (isBlank(nodeAt(field, "options"))) return withEntry(rest, "options", entry);
  report.warning(entry.key, {
    code: "options_and_enum",
    message: "options and enum are both written; options count.",
    fix: "Remove enum.",
  });
  return rest;
}
