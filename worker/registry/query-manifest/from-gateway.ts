import { standardActions } from "#contract/queries/query-keys";
import { columnNamePattern } from "#contract/queries/query";
import { queryFunctions } from "#contract/queries/sql-functions";
import { addressOf, warnUnused } from "../older-format/older-names.ts";
import type { Report } from "../manifest/report.ts";
import { entryOf, itemsAt, mapAt, mapOf, nodeAt, placeOf, textAt, textNode } from "../manifest/yaml-node.ts";
import type { MapEntry, MapNode, Place, YamlNode } from "../manifest/yaml-node.ts";

/** Whether the file is a gateway of the older format: its root has tools.queries. Pure. */
export function isGateway(root: MapNode): boolean {
  return nodeAt(root, "tools", "queries")?.kind === "list";
}

/**
 * A gateway of the older format with one query source, as the worker.yml it stands for. Places stay those of the file. That format
 * had no types: a column may hold anything until its type is written. What meant other things there is said. Source: loom's gateway file.
 */
export function fromGateway(root: MapNode, report: Report): MapNode {
  const queries = itemsAt(root, "tools", "queries");
  const [query] = queries;
  const place = placeOf(query ?? root);
  report.warning(placeOf(root.entries.get("tools")?.key ?? root), {
    code: "older_format",
    message: "The file is a gateway of the older format and is read as a query worker.",
    fix: "Write exec: {mode: query} and query, with a type for each column.",
  });
  if (queries.length !== 1 || query?.kind !== "map") {
    report.error(nodeAt(root, "tools", "queries") ?? root, {
      code: "bad_source",
      message: `tools.queries has ${queries.length} sources; a worker asks one.`,
      fix: "Make a worker of each.",
    });
  }
  warnOthers(root, query, report);
  const source = query?.kind === "map" ? query : mapOf(place, []);
  const name = source.entries.get("name_prefix") ?? root.entries.get("name");
  return mapOf(placeOf(root), [
    ["schema_version", entryOf(place, "0.3")],
    ["name", addressOf(name, { place, report, ending: "query" })],
    ["title", root.entries.get("name") ?? name],
    ["version", entryOf(place, "1.0.0")],
    ["description", root.entries.get("description")],
    ["exec", { key: place, value: mapOf(place, [["mode", entryOf(place, "query")]]) }],
    ["query", { key: place, value: queryOf(source, report) }],
  ]);
}

const ROOT_KEYS = ["name", "description", "tools"];
const QUERY_KEYS = ["backend_config", "name_prefix", "actions", "timeout"];

function warnOthers(root: MapNode, query: YamlNode | undefined, report: Report): void {
  const tools = mapAt(root, "tools");
  const unused = [
    ...[...root.entries].filter(([key]) => !ROOT_KEYS.includes(key)).map(([key, entry]) => ({ key, entry })),
    ...[...(tools?.entries ?? [])]
      .filter(([key]) => key !== "queries")
      .map(([key, entry]) => ({ key: `tools.${key}`, entry })),
    ...(query?.kind === "map" ? [...query.entries] : [])
      .filter(([key]) => !QUERY_KEYS.includes(key))
      .map(([key, entry]) => ({ key: `tools.queries.${key}`, entry })),
  ];
  for (const { key, entry } of unused) warnUnused(entry.key, { key, report });
}

/** Keys of backend_config that mean here what they meant there. */
const SAME_KEYS = [
  "id_column",
  "result_columns",
  "stats_groups",
  "stats_aggregates",
  "filter_fields",
  "default_order_by",
];
const KNOWN_KEYS = [...SAME_KEYS, "db_path", "table_name", "json_columns", "fts_fields", "full_text_column"];
const SEARCHED = "full_text,summary";

function queryOf(query: MapNode, report: Report): MapNode {
  const place = placeOf(query);
  const config = mapAt(query, "backend_config") ?? mapOf(place, []);
  for (const [key, entry] of config.entries)
    if (!KNOWN_KEYS.includes(key)) warnUnused(entry.key, { key: `backend_config.${key}`, report });
  const actions = query.entries.get("actions");
  const isSearched = itemsAt(query, "actions").some((item) => textAt(item) === "search");
  const fields = fieldsOf(config, isSearched, place);
  const path = config.entries.get("db_path") ?? entryOf(place, "");
  return mapOf(place, [
    ["source", { key: path.key, value: mapOf(path.key, [["file", path]]) }],
    ["table", config.entries.get("table_name") ?? entryOf(place, "documents")],
    ["columns", { key: place, value: columnsOf(config, fields) }],
    ["actions", actions === undefined ? undefined : knownActions(actions, report)],
    ["fts_fields", fields],
    ["full_text_column", config.entries.get("full_text_column")],
    ["timeout_seconds", query.entries.get("timeout")],
    ...SAME_KEYS.map((key) => [key, config.entries.get(key)] as const),
  ]);
}

function knownActions(actions: MapEntry, report: Report): MapEntry {
  for (const item of itemsAt(actions.value)) {
    const name = textAt(item) ?? "";
    if (standardActions.some((known) => known === name)) continue;
    report.error(item, {
      code: "unknown_action",
      message:
        name === "vector_search"
          ? "vector_search is not available: there are no embeddings of the data here."
          : `${name.slice(0, 60)} is no action of a query worker.`,
      fix: `Take it out; there are ${standardActions.join(", ")}.`,
    });
  }
  return actions;
}

/** There it was a text with commas, too. */
function fieldsOf(config: MapNode, isSearched: boolean, place: Place): MapEntry | undefined {
  const entry = config.entries.get("fts_fields") ?? (isSearched ? entryOf(place, SEARCHED) : undefined);
  const text = entry === undefined ? undefined : textAt(entry.value);
  if (entry === undefined || text === undefined) return entry;
  const names = text.split(",").map((name) => name.trim());
  const items = names.filter((name) => name !== "").map((name) => textNode(entry.value, name));
  return { key: entry.key, value: { ...placeOf(entry.value), kind: "list", items } };
}

/** All columns that are named anywhere. */
function columnsOf(config: MapNode, fields: MapEntry | undefined): MapNode {
  const place = placeOf(config);
  const listed = ["result_columns", "json_columns"].flatMap((key) =>
    itemsAt(config, key).map((item) => textAt(item) ?? ""),
  );
  const single = ["id_column", "full_text_column"].map(
    (key) => textAt(config, key) ?? (key === "id_column" ? "id" : ""),
  );
  const searched = fields === undefined ? [] : itemsAt(fields.value).map((item) => textAt(item) ?? "");
  const texts = [
    ...[...(mapAt(config, "filter_fields")?.entries.values() ?? [])].map(({ value }) => textAt(value) ?? ""),
    ...itemsAt(config, "stats_groups").map((item) => textAt(item) ?? ""),
    ...itemsAt(config, "stats_aggregates").map((item) =>
      (textAt(item) ?? "").replace(/\s+AS\s+\S+\s*$/i, ""),
    ),
    textAt(config, "default_order_by") ?? "",
  ];
  const named = [...single, ...listed, ...searched, ...texts.flatMap(wordsOf)];
  const json = new Set(itemsAt(config, "json_columns").map((item) => textAt(item) ?? ""));
  const columns = [...new Set(named)].filter((name) => columnNamePattern.test(name));
  return mapOf(
    place,
    columns.map((name) => [name, entryOf(place, json.has(name) ? "json" : "any")] as const),
  );
}

const WORDS_OF_SQL = new Set(
  (
    "and or not is null in between like glob case when then else end cast as distinct asc desc nulls first last true " +
    "false integer int text real numeric boolean varchar ilike rowid"
  ).split(" "),
);

/** Words of a piece of SQL that can be columns. */
function wordsOf(sql: string): string[] {
  const plain = sql.replaceAll(/'(?:[^']|'')*'/g, " ");
  return [...plain.matchAll(/[A-Za-z_]\w*(?!\w|\s*\()/g)]
    .map(([word]) => word)
    .filter((word) => !WORDS_OF_SQL.has(word.toLowerCase()) && !queryFunctions.includes(word.toLowerCase()));
}
