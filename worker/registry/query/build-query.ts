import { queryLimits } from "#contract/queries/limits";
import type { AuthoredManifest } from "#contract/manifest/keys";
import { standardActions } from "#contract/queries/query-keys";
import type { AuthoredQuery, AuthoredSource, StandardAction } from "#contract/queries/query-keys";
import { storedQuerySchema } from "#contract/queries/query";
import type { QueryAction, QuerySource, StoredQuery } from "#contract/queries/query";
import { goodParts, readColumns, readCondition, readNamed } from "./read-parts.ts";
import type { TypedCondition } from "./read-parts.ts";

const DEFAULT_ROWS = 1000;
const DEFAULT_SECONDS = 30;

/** The actions that there are: those that are named, else those for which there is what they need. Pure. */
export function standardActionsOf(query: AuthoredQuery): StandardAction[] {
  if (query.actions !== undefined) return standardActions.filter((name) => query.actions?.includes(name));
  const needs: Record<StandardAction, boolean> = {
    search: query.fts_fields !== undefined,
    filter: Object.keys(query.filter_fields ?? {}).length > 0,
    stats: query.stats_groups !== undefined || query.stats_aggregates !== undefined,
    get: query.id_column !== undefined,
  };
  return standardActions.filter((name) => needs[name]);
}

/** The conditions that callers may set, with their types. Pure. */
export function conditionsOf(query: AuthoredQuery): TypedCondition[] {
  const columns = readColumns(query);
  return goodParts(
    Object.entries(query.filter_fields ?? {}).map(([key, said]) => readCondition(key, said, columns)),
  );
}

/** Which columns search and filter give. Pure. */
export function resultColumns(query: AuthoredQuery): string[] {
  const all = Object.keys(query.columns);
  return query.result_columns ?? all.filter((name) => name !== query.full_text_column);
}

/** A query worker as it is stored; null for a worker that is none. Pure. */
export function buildQuery({ query, exec }: AuthoredManifest): StoredQuery | null {
  if (query === undefined || exec.mode !== "query") return null;
  const { table = "records", fts_table = null } = query;
  return storedQuerySchema.parse({
    source: buildSource(query.source),
    table,
    columns: readColumns(query).map(({ name, type, from }) => ({ name, type, from })),
    tables: Object.entries(query.tables ?? {}).map(([name, columns]) => ({ name, columns })),
    fts_table,
    timeout_seconds: query.timeout_seconds ?? DEFAULT_SECONDS,
    max_rows: Math.min(query.max_rows ?? DEFAULT_ROWS, queryLimits.query_rows.value),
    actions: [...standardActionsOf(query).map((kind) => buildAction(kind, query)), ...buildStatements(query)],
  });
}

function buildSource(said: AuthoredSource): QuerySource {
  const readAs = {
    format: said.format ?? null,
    delimiter: said.delimiter ?? null,
    rows: said.rows === undefined || said.rows === "" ? [] : said.rows.split("."),
  };
  if (said.store !== undefined) return { kind: "store", place: said.store };
  if (said.url !== undefined)
    return { kind: "http", url: said.url, headers: Object.entries(said.headers ?? {}), ...readAs };
  if (said.context !== undefined)
    return { kind: "context", context: said.context, path: said.path ?? "", ...readAs };
  if (said.upload === true) return { kind: "upload", ...readAs };
  return { kind: "file", path: (said.file ?? "").replace(/^(?:\.\/)+/, ""), ...readAs };
}

function buildAction(kind: StandardAction, query: AuthoredQuery): QueryAction {
  const columns = resultColumns(query);
  const conditions = conditionsOf(query).map(({ key, sql, bind, marks }) => ({ key, sql, bind, marks }));
  if (kind === "search") return { kind, name: kind, columns, fields: query.fts_fields ?? [] };
  if (kind === "filter")
    return { kind, name: kind, columns, conditions, order: query.default_order_by ?? "" };
  if (kind === "get")
    return { kind, name: kind, columns: Object.keys(query.columns), id: query.id_column ?? "id" };
  const read = (written: AuthoredQuery["stats_groups"]) =>
    goodParts(readNamed(written, readColumns(query)).map(({ part }) => part));
  const aggregates = read(query.stats_aggregates);
  const counted = [{ name: "record_count", sql: "COUNT(*)" }];
  return {
    kind,
    name: kind,
    groups: read(query.stats_groups),
    aggregates: aggregates.length === 0 ? counted : aggregates,
    conditions,
  };
}

function buildStatements({ statements = {} }: AuthoredQuery): QueryAction[] {
  return Object.entries(statements).map(([name, { sql, parameters = {}, returns }]) => ({
    kind: "statement",
    name,
    sql,
    parameters: Object.entries(parameters).map(([parameter, said]) => ({
      name: parameter,
      type: typeof said === "string" ? said : (said.type ?? "string"),
      ...(typeof said === "string" || said.default === undefined ? {} : { default: said.default }),
    })),
    returns:
      returns === undefined
        ? null
        : Object.entries(returns).map(([column, type]) => ({ name: column, type })),
  }));
}

const SECRET = /\{\{secret:([A-Za-z_][A-Za-z0-9_]{0,127})\}\}/g;

/** Names of the secrets in the headers of an HTTP source. Pure. */
export function secretsOfQuery(query: StoredQuery | null): string[] {
  if (query?.source.kind !== "http") return [];
  const names = query.source.headers.flatMap(([, template]) =>
    [...template.matchAll(SECRET)].map((found) => found[1] ?? ""),
  );
  return [...new Set(names)];
}
