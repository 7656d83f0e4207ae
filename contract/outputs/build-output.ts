import { childName } from "../forms/form.ts";
import { asNode, findLocal, isNode, listOf, textOf } from "../forms/schema-parts.ts";
import type { SchemaNode } from "../forms/schema-parts.ts";
import type { Json } from "../json.ts";
import { beginSentence } from "../words.ts";
import { fileShow } from "./file-show.ts";
import type { OutputFile, OutputView, RunOutput } from "./output.ts";
import { showText } from "./show-text.ts";
import { tableOf } from "./table.ts";

/** What lies deeper than this, or has more entries, is shown as JSON. */
const MOST_LEVELS = 3;
const MOST_ENTRIES = 60;
/** A text of this many lines that says nothing of itself is still text; a shorter one may be a web address. */
const MOST_URL_CHARS = 2_000;

/** Where the builder stands: the schema's definitions, the run's files and those that are shown already. */
interface Place {
  root: SchemaNode;
  files: readonly OutputFile[];
  shown: Set<string>;
}

/**
 * What to show of a run's outputs: as they are declared, else by their shape, else as JSON. Never throws, and a
 * declaration that the value does not keep to counts as none. `outputs` is the run's record: by name, and what a typed
 * function returned that is no object under `result`.
 */
export function buildOutput(
  outputSchema: Readonly<Record<string, Json>> | null,
  outputs: Readonly<Record<string, Json>>,
  files: readonly OutputFile[],
): RunOutput {
  const place: Place = { root: outputSchema ?? {}, files, shown: new Set() };
  const view = recordView(outputs, place);
  return { view, otherFiles: files.filter(({ id }) => !place.shown.has(id)) };
}

/** One output is shown as itself, several by their names. */
function recordView(outputs: Readonly<Record<string, Json>>, place: Place): OutputView {
  const schema = resolve(place.root, place);
  const isObject = schema["type"] === "object" || schema["properties"] !== undefined;
  // An object that a function returned is the record itself, and may be declared as a whole.
  const top: Level = { ...place, level: 0, pointer: "" };
  const whole = declaredView(outputs, isObject ? schema : {}, top);
  if (whole !== null) return whole;
  const names = Object.keys(outputs);
  const [only] = names;
  if (only === undefined) return { kind: "empty" };
  if (names.length > 1) return viewOf(outputs, isObject ? schema : {}, top);
  const own = isObject ? asNode(asNode(schema["properties"])[only]) : only === "result" ? schema : {};
  return viewOf(outputs[only], own, { ...top, pointer: childName("", only) });
}

interface Level extends Place {
  level: number;
  /** Where it is in the outputs. */
  pointer: string;
}

function resolve(given: SchemaNode, { root }: Place): SchemaNode {
  let schema = given;
  for (let step = 0; step < 8; step++) {
    const ref = textOf(schema["$ref"]);
    const branches = listOf(schema["anyOf"]).map(asNode);
    const open = branches.filter((branch) => branch["type"] !== "null");
    const inner = ref === undefined ? (open.length === 1 ? open[0] : undefined) : findLocal(root, ref);
    if (inner === undefined) return schema;
    const { $ref: _, anyOf: __, ...beside } = schema;
    schema = { ...inner, ...beside };
  }
  return schema;
}

function viewOf(value: Json | undefined, given: SchemaNode, at: Level): OutputView {
  const schema = resolve(given, at);
  if (value === undefined || value === null) return { kind: "empty" };
  const declared = declaredView(value, schema, at) ?? unionView(value, schema, at);
  return declared ?? shapedView(value, schema, at);
}

/** Of a union, the first branch that declares how this value is shown. */
function unionView(value: Json, schema: SchemaNode, at: Level): OutputView | null {
  for (const branch of listOf(schema["anyOf"] ?? schema["oneOf"])) {
    const view = declaredView(value, resolve(asNode(branch), at), at);
    if (view !== null) return view;
  }
  return null;
}

/** What the schema says by name: a file, a format, a media type or a widget. Null where it says nothing that fits. */
function declaredView(value: Json, schema: SchemaNode, at: Level): OutputView | null {
  const media = textOf(schema["contentMediaType"]) ?? "";
  const says = textOf(schema["x-floom-widget"]) ?? byMedia[media] ?? "";
  if (schema["format"] === "floom-file") return fileView(value, at);
  if (asNode(schema["items"])["format"] === "floom-file") return fileListView(value, at);
  if (says === "chart" || isChart(value)) return chartView(value, at);
  if (says === "table") {
    const table = tableOf(value, true);
    return table === null ? null : { kind: "table", ...table };
  }
  if (says === "json") return { kind: "json", value };
  if (typeof value !== "string") return null;
  switch (says) {
    case "markdown":
      return { kind: "markdown", ...showText(value) };
    case "code":
      return { kind: "code", language: textOf(schema["x-floom-language"]) ?? "", ...showText(value) };
    case "html":
      return { kind: "html", html: value };
    case "text":
    case "textarea":
      return { kind: "text", ...showText(value) };
    default:
      return schema["format"] === "uri" ? linkView(value) : null;
  }
}

const byMedia: Readonly<Record<string, string>> = {
  "text/markdown": "markdown",
  "text/html": "html",
  "text/plain": "text",
  "text/csv": "text",
  "application/json": "json",
  "application/vnd.vegalite+json": "chart",
};

/** A value says itself that it is a chart by the address of Vega-Lite's own schema. */
function isChart(value: Json): boolean {
  return (
    isNode(value) &&
    /^https:\/\/vega\.github\.io\/schema\/vega(-lite)?\//.test(textOf(value["$schema"]) ?? "")
  );
}

function chartView(value: Json, { pointer }: Level): OutputView | null {
  if (!isNode(value)) return null;
  const said = isNode(value["title"]) ? value["title"]["text"] : value["title"];
  const title = showText([said ?? value["description"] ?? ""].flat().filter(isText).join(" "), 300).text;
  return { kind: "chart", spec: value, table: tableOf(rowsOf(value), true), pointer, title };
}

const isText = (value: Json): value is string => typeof value === "string";

/** The rows that a chart is drawn of: its own, or the set that it names; null for what says it in another way. */
function rowsOf(chart: SchemaNode): Json {
  const { values, name } = asNode(chart["data"]);
  const sets = asNode(chart["datasets"]);
  const named = typeof name === "string" && Object.hasOwn(sets, name) ? sets[name] : undefined;
  const parts = [chart["layer"], chart["hconcat"], chart["vconcat"], chart["concat"]].flatMap(listOf);
  const inner = parts
    .map((part) => asNode(asNode(part)["data"])["values"])
    .find((rows) => Array.isArray(rows));
  return values ?? named ?? inner ?? null;
}

/** A file is named by its path in the work directory, or by its id; one that is not there is shown as its name. */
function fileView(value: Json, at: Place): OutputView | null {
  const named = isNode(value) ? (value["path"] ?? value["artifact_id"] ?? null) : value;
  const file = at.files.find(({ id, path }) => named === id || named === path);
  if (file === undefined) return null;
  at.shown.add(file.id);
  return { kind: "file", shows: fileShow(file), file };
}

function fileListView(value: Json, at: Place): OutputView | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const files = value.map((item) => at.files.find(({ id, path }) => item === id || item === path));
  const found = files.filter((file) => file !== undefined);
  if (found.length < files.length) return null;
  for (const { id } of found) at.shown.add(id);
  return { kind: "files", files: found };
}

/** `https` and `http` only: what else an address can be would act when it is pressed. */
function linkView(value: string): OutputView | null {
  const isAddress = value.length <= MOST_URL_CHARS && /^https?:\/\/[^\s"'<>\\]+$/i.test(value);
  return isAddress ? { kind: "link", url: showText(value).text } : null;
}

function shapedView(value: Json, schema: SchemaNode, at: Level): OutputView {
  if (typeof value === "string") {
    const file = at.files.some(({ path }) => path === value) ? fileView(value, at) : null;
    return file ?? linkView(value) ?? { kind: "text", ...showText(value) };
  }
  if (typeof value === "number" || typeof value === "boolean") {
    const text = typeof value === "boolean" ? (value ? "Yes" : "No") : String(value);
    return { kind: "text", text, leftOut: 0 };
  }
  const table = tableOf(value);
  if (table !== null) return { kind: "table", ...table };
  if (!isNode(value)) return { kind: "json", value };
  const entries = Object.entries(value);
  if (at.level >= MOST_LEVELS || entries.length === 0 || entries.length > MOST_ENTRIES)
    return { kind: "json", value };
  return { kind: "key_value", entries: entries.map((entry) => entryView(entry, schema, at)) };
}

function entryView([name, value]: [string, Json], schema: SchemaNode, at: Level) {
  const properties = asNode(schema["properties"]);
  const own = Object.hasOwn(properties, name) ? properties[name] : schema["additionalProperties"];
  const inner = asNode(own);
  const label = textOf(inner["title"]) ?? beginSentence(name.replaceAll("_", " "));
  return {
    name,
    label: showText(label, 200).text,
    view: viewOf(value, inner, { ...at, level: at.level + 1, pointer: childName(at.pointer, name) }),
  };
}
