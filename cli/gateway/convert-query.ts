import { stringify } from "yaml";
import type { Converted, Tools } from "./convert-worker.ts";
import { aliasOf, isFieldName, workerNameOf } from "./names.ts";
import type { EntryDraft } from "./report.ts";
import { mapOf, numberOf, textOf, textsOf } from "./yaml-source.ts";
import type { Yaml, YamlMap, YamlPath, YamlSource } from "./yaml-source.ts";

const ACTIONS = ["search", "filter", "stats", "get"];
const KNOWN = ["backend", "actions", "name_prefix", "backend_config", "worker_type", "timeout"];
const KNOWN_OF_BACKEND = [
  "db_path",
  "table_name",
  "result_columns",
  "json_columns",
  "id_column",
  "full_text_column",
  "fts_fields",
  "filter_fields",
  "stats_groups",
  "stats_aggregates",
  "default_order_by",
  "embedding_column",
];
const DEFAULT_SECONDS = 30;

/** The one backend that came with the gateway becomes a query worker over a file that its table is exported to. */
export function convertQuery(
  source: YamlSource,
  {
    entry,
    at,
    draft,
    files,
  }: { entry: YamlMap; at: YamlPath; draft: EntryDraft; files: Pick<Tools, "readTable"> },
): Converted {
  const refuse = (reason: string): Converted => ({ entry: draft.refuse(reason), folders: [] });
  const prefix = textOf(entry["name_prefix"]);
  const backend = textOf(entry["backend"]);
  if (prefix === undefined || backend === undefined) return refuse("It has no backend, or no name_prefix.");
  const worker = workerNameOf(prefix);
  if (worker === null) return refuse(`Of the name ${prefix} nothing is left that a worker may be called.`);
  if (!/duckdb/i.test(backend)) {
    return refuse(
      `The backend ${backend} is Python code of its own. Write what it asks as exec.mode query, or push it as typed functions.`,
    );
  }
  const config = mapOf(entry["backend_config"]);
  const actions = textsOf(entry["actions"]);
  const kept = actions.filter((action) => ACTIONS.includes(action));
  draft.leaveUnknown(source, { at, value: entry, known: KNOWN });
  draft.leaveUnknown(source, { at: [...at, "backend_config"], value: config, known: KNOWN_OF_BACKEND });
  actions.forEach((action, index) => {
    if (ACTIONS.includes(action)) return;
    const reason =
      action === "vector_search"
        ? "There is no search by embeddings; there, whoever called it chose the server that was asked for them."
        : `Nobody knows the action ${action}.`;
    draft.leave(source, [...at, "actions", index], reason);
  });
  if (kept.length === 0) return refuse("None of its actions is there: search, filter, stats and get are.");
  const table = textOf(config["table_name"]) ?? "documents";
  const db = textOf(config["db_path"]) ?? "the database";
  const declared = files.readTable(db, table);
  const file = `data/${table.replaceAll(/[^A-Za-z0-9_-]+/g, "-")}.${declared === null ? "csv" : "sqlite"}`;
  draft.next.push(
    declared === null
      ? `DuckDB's own files are not read: export the table to ${worker}/${file}, e.g. duckdb ${db} "COPY ${table} TO '${file}' (HEADER)", and look over the types in columns.`
      : `${db} is a SQLite file, which is read as it is: put it at ${worker}/${file}, or name a context where it is larger than 5 MiB. Look over the types, which are those of its columns.`,
  );
  if (config["embedding_column"] !== undefined)
    draft.leave(source, [...at, "backend_config", "embedding_column"], "There is no search by embeddings.");
  const alias = aliasOf(prefix, worker);
  const seconds = numberOf(entry["timeout"]) ?? DEFAULT_SECONDS;
  const manifest = {
    schema_version: "0.3",
    name: worker,
    title: prefix,
    description: `Queries over ${table}.`.slice(0, 500),
    version: "0.1.0",
    ...(alias === undefined ? {} : { mcp: { name: alias } }),
    exec: { mode: "query" },
    query: {
      source: { file },
      table: isFieldName(table) ? table : "records",
      columns: columnsOf(config, declared ?? {}),
      actions: kept,
      ...searchOf(config, kept),
      ...filterOf(config),
      ...statsOf(config),
      timeout_seconds: Math.min(300, Math.max(1, Math.ceil(seconds))),
    },
  };
  const stem = alias ?? worker;
  const tools = kept.map((action) => ({
    was: `${prefix}_${action}`,
    is: kept.length === 1 ? stem : `${stem}__${action}`,
  }));
  return {
    entry: draft.convert(worker, tools),
    folders: [{ worker, files: [{ path: "worker.yml", text: stringify(manifest) }] }],
  };
}

const fieldsOfText = (value: Yaml): string[] =>
  (Array.isArray(value) ? textsOf(value) : (textOf(value) ?? "").split(","))
    .map((one) => one.trim())
    .filter(isFieldName);

/** Every column that the configuration names; what they hold it does not say, but for those of JSON. */
function columnsOf(config: YamlMap, declared: Readonly<Record<string, string>>): YamlMap {
  const json = fieldsOfText(config["json_columns"]);
  const names = [
    textOf(config["id_column"]) ?? "id",
    ...fieldsOfText(config["result_columns"]),
    ...json,
    textOf(config["full_text_column"]) ?? "full_text",
    ...fieldsOfText(config["fts_fields"] ?? "full_text,summary"),
    ...groupsOf(config).filter(isFieldName),
    ...Object.values(mapOf(config["filter_fields"])).flatMap(
      (sql) => /^\s*([A-Za-z_]\w*)\b/.exec(textOf(sql) ?? "")?.[1] ?? [],
    ),
  ].filter(isFieldName);
  return Object.fromEntries(
    [...new Set(names)].map((name) => [name, json.includes(name) ? "json" : typeOfColumn(declared[name])]),
  );
}

/** What a column holds, by what it was declared as; any where that says little: SQLite takes what it is given. */
function typeOfColumn(declared: string | undefined): string {
  const word = declared?.toUpperCase() ?? "";
  if (/^(?:TEXT|VARCHAR|CHAR|CLOB|STRING)/.test(word)) return "string";
  if (/INT/.test(word)) return "integer";
  if (/^(?:REAL|DOUBLE|FLOAT)/.test(word)) return "number";
  return word.startsWith("BOOL") ? "boolean" : "any";
}

const groupsOf = (config: YamlMap): string[] => {
  const groups = config["stats_groups"];
  return Array.isArray(groups) ? textsOf(groups) : Object.keys(mapOf(groups));
};

function searchOf(config: YamlMap, actions: readonly string[]): YamlMap {
  return {
    id_column: textOf(config["id_column"]) ?? "id",
    ...(fieldsOfText(config["result_columns"]).length === 0
      ? {}
      : { result_columns: fieldsOfText(config["result_columns"]) }),
    full_text_column: textOf(config["full_text_column"]) ?? "full_text",
    ...(actions.includes("search")
      ? { fts_fields: fieldsOfText(config["fts_fields"] ?? "full_text,summary") }
      : {}),
  };
}

/** The types by the same words of the SQL that the gateway went by. */
function filterOf(config: YamlMap): YamlMap {
  const fields = Object.entries(mapOf(config["filter_fields"])).flatMap(([key, sql]) => {
    const text = textOf(sql);
    if (text === undefined || !isFieldName(key)) return [];
    const type =
      /BOOLEAN/i.test(text) || key.startsWith("has_") ? "boolean" : /[<>]=/.test(text) ? "integer" : "string";
    return [[key, { sql: text, type }] as const];
  });
  const order = textOf(config["default_order_by"]);
  return {
    ...(fields.length === 0 ? {} : { filter_fields: Object.fromEntries(fields) }),
    ...(order === undefined || order === "rowid" ? {} : { default_order_by: order }),
  };
}

function statsOf(config: YamlMap): YamlMap {
  const groups = config["stats_groups"];
  const aggregates = config["stats_aggregates"];
  return {
    ...(groupsOf(config).length === 0 ? {} : { stats_groups: groups }),
    stats_aggregates:
      Array.isArray(aggregates) && aggregates.length > 0 ? aggregates : ["COUNT(*) AS record_count"],
  };
}
