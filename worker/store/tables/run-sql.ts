import { limits } from "#contract/limits";
import type { SqlAnswer, SqlRequest, SqlValue } from "#contract/store/store";
import { formatLimit } from "#contract/limits";
import { TooLargeToKeep } from "../../platform/objects/carriers.ts";
import { storeFull } from "../judge-write.ts";
import { countVisits, judgeSql } from "./judge-sql.ts";
import type { JudgedSql } from "./judge-sql.ts";
import { refuseSql } from "../../platform/sql/scan-sql.ts";
import { bindSql, isInexact, toSqlValue } from "./sql-values.ts";
import type { BoundSql } from "./sql-values.ts";

/** People's own tables. */
const OWN_TABLES =
  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_floom_*' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*' ORDER BY name";

/** Names of the tables that people have made, by name. */
export function listTables(sql: SqlStorage): string[] {
  return sql
    .exec<{ name: string }>(OWN_TABLES)
    .toArray()
    .map(({ name }) => name);
}

export const quoteName = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * Carries out one statement of somebody's. To be called within a transaction that is taken back when it throws: a limit
 * may be found to be passed only afterwards. Throws `sql_refused` and `store_full`.
 */
export function runSql(
  sql: SqlStorage,
  { sql: text, params }: SqlRequest,
  { mayWrite }: { mayWrite: boolean },
): Omit<SqlAnswer, "staged"> {
  const judged = judgeSql(text);
  if (!judged.reads && !mayWrite) throw refuseSql("it writes, and this only reads; send it to execute");
  requireFewVisits(sql, judged);
  const bound = bindSql(judged, params);
  const before = sql.databaseSize;
  const answer = carryOut(sql, judged, bound);
  if (judged.reads) return answer;
  const after = sql.databaseSize;
  if (after > limits.sql_bytes.value && after > before) throw storeFull("sql_bytes");
  if (listTables(sql).length > limits.sql_tables.value) throw storeFull("sql_tables");
  return answer;
}

function requireFewVisits(sql: SqlStorage, { tokens }: JudgedSql): void {
  const tables = new Map(listTables(sql).map((name) => [name.toLowerCase(), name]));
  const counted = new Map<string, number>();
  const rowsOf = (name: string) => {
    const table = tables.get(name);
    if (table === undefined) return undefined;
    const known = counted.get(name) ?? countRows(sql, table);
    counted.set(name, known);
    return known;
  };
  if (countVisits(tokens, rowsOf) <= limits.sql_visits.value) return;
  throw refuseSql(
    `its tables come to more than ${formatLimit("sql_visits")} to look at when they are multiplied; ask for less at a time`,
  );
}

function countRows(sql: SqlStorage, table: string): number {
  const [row] = sql.exec<{ count: number }>(`SELECT count(*) AS count FROM ${quoteName(table)}`).toArray();
  return row?.count ?? 0;
}

type Cells = SqlStorageValue[];

/** What one statement answered, as far as it may be long. */
interface Taken {
  columns: string[];
  rows: Cells[];
  truncated: boolean;
  rows_written: number;
}

/** What SQLite says of a statement is said to whoever wrote it. */
function exec(sql: SqlStorage, { sql: text, values }: BoundSql): Taken {
  try {
    const cursor = sql.exec(text, ...values);
    const taken = takeRows(cursor.raw());
    return { columns: cursor.columnNames, ...taken, rows_written: cursor.rowsWritten };
  } catch (cause) {
    if (cause instanceof TooLargeToKeep) throw refuseSql("more is bound to it than a row can hold", cause);
    const said = cause instanceof Error ? cause.message : String(cause);
    throw refuseSql(said.replace(/: SQLITE_\w+$/, "").replace(/ at offset \d+$/, ""), cause);
  }
}

function carryOut(sql: SqlStorage, judged: JudgedSql, bound: BoundSql): Omit<SqlAnswer, "staged"> {
  const { columns, rows, truncated, rows_written } = exec(sql, bound);
  if (rows.length === 0 && truncated)
    throw refuseSql(`one row is larger than ${formatLimit("sql_answer_bytes")}`);
  const inexact = columns.map((_, index) => rows.some((row) => isInexact(row[index] ?? null)));
  if (!inexact.includes(true))
    return { columns, rows: rows.map((row) => row.map(toSqlValue)), truncated, rows_written };
  if (!judged.reads)
    throw refuseSql("RETURNING has whole numbers beyond 2^53; ask for them with SELECT afterwards");
  return { columns, ...readExactly(sql, bound, inexact), rows_written };
}

function takeRows(found: Iterable<Cells>): Pick<Taken, "rows" | "truncated"> {
  const rows: Cells[] = [];
  let bytes = 0;
  for (const row of found) {
    bytes += row.reduce<number>((sum, cell) => sum + cellBytes(cell), 2);
    if (rows.length >= limits.sql_answer_rows.value || bytes > limits.sql_answer_bytes.value)
      return { rows, truncated: true };
    rows.push(row);
  }
  return { rows, truncated: false };
}

function cellBytes(cell: SqlStorageValue): number {
  if (typeof cell === "string") return new TextEncoder().encode(cell).byteLength + 3;
  return cell instanceof ArrayBuffer ? Math.ceil(cell.byteLength / 3) * 4 + 14 : 24;
}

/** The same rows once more, with the digits of those columns that JavaScript cannot hold. */
function readExactly(
  sql: SqlStorage,
  { sql: text, values }: BoundSql,
  inexact: readonly boolean[],
): { rows: SqlValue[][]; truncated: boolean } {
  const names = inexact.map((_, index) => `c${index}`);
  const asked = names.map((name, index) =>
    inexact[index]
      ? `CASE typeof(${name}) WHEN 'integer' THEN CAST(${name} AS TEXT) ELSE ${name} END, typeof(${name})`
      : name,
  );
  const query = `WITH _floom_rows(${names.join(", ")}) AS MATERIALIZED (${text}\n) SELECT ${asked.join(", ")} FROM _floom_rows`;
  const { rows, truncated } = exec(sql, { sql: query, values });
  return { rows: rows.map((row) => joinExact(row, inexact)), truncated };
}

function joinExact(row: Cells, inexact: readonly boolean[]): SqlValue[] {
  let at = 0;
  return inexact.map((isExactNeeded) => {
    const cell = row[at++] ?? null;
    if (!isExactNeeded) return toSqlValue(cell);
    const type = row[at++];
    if (type !== "integer" || typeof cell !== "string") return toSqlValue(cell);
    return Number.isSafeInteger(Number(cell)) ? Number(cell) : { integer: cell };
  });
}
