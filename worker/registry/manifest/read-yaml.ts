import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments } from "yaml";
import type { Document, Node, ParsedNode, YAMLError, YAMLMap } from "yaml";
import { formatLimit, limits } from "#contract/limits";
import type { LimitName } from "#contract/limits";
import { pointerStep } from "../../platform/json-pointer.ts";
import type { Report } from "./report.ts";
import type { MapEntry, MapNode, Place, ScalarNode, YamlNode } from "./yaml-node.ts";

const START: Place = { pointer: "", line: 1, column: 1 };
/** Deep and wide enough for any worker.yml; an alias that multiplies itself meets these first. */
const MAX_DEPTH = 40;
const MAX_NODES = 20_000;
/** Finding what an alias stands for walks the whole file. */
const MAX_ALIASES = 100;
const MAX_SYNTAX_FINDINGS = 20;

class TooManyNodes extends Error {}

/** What is read: by which name people know it, and how large it may be. */
export interface YamlFile {
  name: string;
  limit: LimitName;
  /** How to begin one. */
  start: string;
}

const workerYaml: YamlFile = {
  name: "worker.yml",
  limit: "manifest_bytes",
  start: 'Begin with a line such as schema_version: "0.3".',
};

/**
 * Reads worker.yml, or another such file, into nodes that know their place. Null, with the reasons in `report`, when the text is not one YAML
 * mapping; a key written twice is reported and the rest is still read.
 */
export function readYaml(source: string, report: Report, file: YamlFile = workerYaml): MapNode | null {
  if (new TextEncoder().encode(source).byteLength > limits[file.limit].value) {
    report.error(START, {
      code: "too_large",
      message: `${file.name} is larger than ${formatLimit(file.limit)}.`,
      fix: "Move long texts to files of the worker.",
    });
    return null;
  }
  const lines = new LineCounter();
  const documents = parseDocuments(source, lines, { report, file });
  const document = documents?.[0];
  if (documents === null || document === undefined) return null;
  for (const other of documents.slice(1)) {
    report.error(placeAt(lines, other.contents?.range?.[0] ?? other.range[0], ""), {
      code: "many_documents",
      message: `${file.name} holds more than one YAML document.`,
      fix: "Remove the line --- and what comes after it.",
    });
  }
  if (reportSyntax(documents, lines, { report, file })) return null;
  const root = toNodes(document, lines, { report, file });
  return root === null ? null : asMapping(root, { report, file });
}

/** Where findings go, and of which file they are. */
interface Reading {
  report: Report;
  file: YamlFile;
}

function parseDocuments(
  source: string,
  lines: LineCounter,
  { report, file }: Reading,
): Document.Parsed[] | null {
  const parsed = parseAllDocuments(source, { lineCounter: lines, prettyErrors: true, uniqueKeys: false });
  if (Array.isArray(parsed) && parsed.length > 0) return parsed;
  report.error(START, notMapping(file, "is empty"));
  return null;
}

/** True when the text cannot be trusted to mean what its author meant. */
function reportSyntax(documents: Document.Parsed[], lines: LineCounter, { report, file }: Reading): boolean {
  const errors: YAMLError[] = documents.flatMap((document) => [...document.errors, ...document.warnings]);
  if (errors.some((error) => error.code === "RESOURCE_EXHAUSTION")) {
    report.error(START, tooComplex(file));
    return true;
  }
  for (const error of errors.slice(0, MAX_SYNTAX_FINDINGS)) {
    const message = error.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "";
    report.error(placeAt(lines, error.pos[0], ""), describeSyntax(error, message));
  }
  return errors.length > 0;
}

function describeSyntax(error: YAMLError, message: string): { code: string; message: string; fix: string } {
  if (error.code === "TAG_RESOLVE_FAILED")
    return { code: "unknown_tag", message: `${message}.`, fix: "Write plain YAML without tags (!name)." };

  return {
    code: "bad_yaml",
    message: `This is not YAML: ${message}.`,
    fix: "Check indentation, quotes and colons near this place; texts with a colon need quotes.",
  };
}

function toNodes(document: Document.Parsed, lines: LineCounter, { report, file }: Reading): YamlNode | null {
  try {
    return createConverter(document, lines, report)(document.contents, "", 0);
  } catch (error) {
    if (!(error instanceof TooManyNodes)) throw error;
    report.error(START, tooComplex(file));
    return null;
  }
}

function createConverter(document: Document.Parsed, lines: LineCounter, report: Report) {
  let count = 0;
  let aliases = 0;

  function convert(node: ParsedNode | Node | null, pointer: string, depth: number): YamlNode {
    count += 1;
    if (count > MAX_NODES || depth > MAX_DEPTH) throw new TooManyNodes();
    const place = placeAt(lines, node?.range?.[0] ?? 0, pointer);
    if (isAlias(node)) {
      aliases += 1;
      if (aliases > MAX_ALIASES) throw new TooManyNodes();
      return { ...convert(node.resolve(document) ?? null, pointer, depth + 1), ...place };
    }
    if (isMap(node)) return { ...place, kind: "map", entries: convertEntries(node, pointer, depth) };
    if (isSeq(node)) {
      const items = node.items.map((item, i) => convert(asNode(item), `${pointer}/${i}`, depth + 1));
      return { ...place, kind: "list", items };
    }
    return { ...place, kind: "scalar", ...scalarOf(node) };
  }

  function convertEntries(node: YAMLMap, pointer: string, depth: number): Map<string, MapEntry> {
    const entries = new Map<string, MapEntry>();
    for (const pair of node.items) {
      const keyNode = asNode(pair.key);
      const place = placeAt(lines, keyNode?.range?.[0] ?? node.range?.[0] ?? 0, pointer);
      const name = isScalar(keyNode) ? String(keyNode.value) : null;
      if (name === "__proto__" && pointer !== "") {
        report.error(place, {
          code: "bad_key",
          message: "The key __proto__ cannot be kept.",
          fix: "Choose another name.",
        });
        continue;
      }
      if (name === null || name === "<<") {
        report.error(place, {
          code: name === null ? "bad_key" : "merge_key",
          message: name === null ? "A key must be a plain word." : "Merge keys (<<) are not read here.",
          fix: "Write the keys out.",
        });
        continue;
      }
      if (entries.has(name)) {
        report.error(place, {
          code: "duplicate_key",
          message: `The key ${name} is written twice.`,
          fix: "Keep one of the two.",
        });
        continue;
      }
      const at = `${pointer}${pointerStep(name)}`;
      const value = convert(asNode(pair.value), at, depth + 1);
      const key = { ...place, pointer: at };
      const isEmptyPlace = pair.value === null || (value.kind === "scalar" && value.source === "");
      entries.set(name, { key, value: isEmptyPlace ? { ...value, ...key } : value });
    }
    return entries;
  }

  return convert;
}

/** What was parsed is a node or, where nothing stands, null; the library's types also know trees that were made by hand. */
function asNode(value: unknown): Node | null {
  return isNode(value) ? value : null;
}

function scalarOf(node: unknown): Pick<ScalarNode, "value" | "source"> {
  if (!isScalar(node)) return { value: null, source: "" };
  const { value } = node;
  const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  if (!isPlain) return { value: value === null ? null : (node.source ?? ""), source: node.source ?? "" };
  return { value, source: node.source ?? String(value) };
}

function asMapping(root: YamlNode, { report, file }: Reading): MapNode | null {
  if (root.kind === "map") return root;
  const isEmpty = root.kind === "scalar" && root.value === null;
  report.error({ ...root, pointer: "" }, notMapping(file, isEmpty ? "is empty" : "holds no keys at its top"));
  return null;
}

function placeAt(lines: LineCounter, offset: number, pointer: string): Place {
  const { line, col } = lines.linePos(offset);
  return { pointer, line: Math.max(1, line), column: Math.max(1, col) };
}

function tooComplex({ name }: YamlFile): { code: string; message: string; fix: string } {
  return {
    code: "too_complex",
    message: `${name} is nested too deep, or its aliases stand for too much.`,
    fix: "Write it flatter and without aliases.",
  };
}

function notMapping({ name, start }: YamlFile, what: string): { code: string; message: string; fix: string } {
  return {
    code: "not_a_mapping",
    message: `${name} ${what}; it must be a mapping of keys and values.`,
    fix: start,
  };
}
