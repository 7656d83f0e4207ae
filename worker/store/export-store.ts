import type { SqlValue } from "#contract/store/store";
import { toBase64 } from "../platform/bytes.ts";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { ExportPart, ExportRequest, StoredEntry } from "./store-api.ts";
import type { StoreKeeper } from "./store-keeper.ts";
import { listTables, quoteName, runSql } from "./tables/run-sql.ts";
import { refuseSql } from "../platform/sql/scan-sql.ts";

const ENTRIES_AT_ONCE = 50;
const ROWS_AT_ONCE = 200;
/** A part is asked for at a time, so that none of them holds much. */
const PART_BYTES = 4 * 1024 * 1024;

/** Where an export is: behind a key, or behind so many rows of a table. */
type Place = { of: "keys"; after: string | null } | { of: "rows"; table: string; offset: number };

function readPlace(from: string | null, table: string | null): Place {
  if (from === null) return table === null ? { of: "keys", after: null } : { of: "rows", table, offset: 0 };
  if (from.startsWith("k:")) return { of: "keys", after: from.slice(2) };
  const [, offset = "0", name = ""] = /^r:(\d+):(.*)$/s.exec(from) ?? [];
  return { of: "rows", table: name, offset: Number(offset) };
}

const writePlace = (place: Place) =>
  place.of === "keys" ? `k:${place.after ?? ""}` : `r:${place.offset}:${place.table}`;

/**
 * The next part of a store's export: all keys with their values, then each table, or one table alone. JSON is a document a
 * line, in which a value stands as it was written. Throws `sql_refused` for a table that is not there.
 */
export function exportPart(
  keeper: StoreKeeper,
  sql: SqlStorage,
  { format, table, from, keysOnly = false }: ExportRequest,
): ExportPart {
  const place = readPlace(from, table);
  if (place.of === "rows") return exportRows(sql, { format, place, alone: table !== null });
  const entries = takeEntries(keeper, place.after);
  const last = entries.at(-1)?.key;
  const lines = entries.map(format === "csv" ? entryCsv : entryJson);
  if (format === "csv" && from === null) lines.unshift("key,kind,value,updated_at,expires_at");
  if (last !== undefined) return { lines, next: writePlace({ of: "keys", after: last }) };
  const [first] = format === "csv" || keysOnly ? [] : listTables(sql);
  return { lines, next: first === undefined ? null : writePlace({ of: "rows", table: first, offset: 0 }) };
}

function takeEntries(keeper: StoreKeeper, after: string | null): StoredEntry[] {
  const facts = keeper.list({ prefix: "", after, limit: ENTRIES_AT_ONCE }, { staged: null });
  let bytes = 0;
  const fitting = facts.filter(({ size_bytes }, index) => (bytes += size_bytes) <= PART_BYTES || index === 0);
  return keeper.listValues({ prefix: "", after, limit: fitting.length });
}

function entryJson({ key, kind, value, updated_at, expires_at }: StoredEntry): string {
  const facts = JSON.stringify({
    key,
    kind,
    updated_at: toIso(updated_at),
    expires_at: toIsoOrNull(expires_at),
  });
  // Not read and written again: no number in it changes. A line break between its members is none of a text's.
  const text =
    kind === "json"
      ? new TextDecoder().decode(value).replaceAll(/[\r\n]/g, " ")
      : JSON.stringify(toBase64(value));
  return `${facts.slice(0, -1)},"${kind === "json" ? "value" : "base64"}":${text}}`;
}

function entryCsv({ key, kind, value, updated_at, expires_at }: StoredEntry): string {
  const text = kind === "json" ? new TextDecoder().decode(value) : toBase64(value);
  const cells = [key, kind, text, toIso(updated_at), toIsoOrNull(expires_at)];
  return cells.map(csvCell).join(",");
}

/** As in RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
function csvCell(cell: SqlValue): string {
  if (cell === null) return "";
  const text = typeof cell !== "object" ? String(cell) : "integer" in cell ? cell.integer : cell.bytes;
  const safe = typeof cell === "string" && /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function nameCells(columns: readonly string[], row: readonly SqlValue[]): Record<string, SqlValue> {
  return Object.fromEntries(row.map((cell, at): [string, SqlValue] => [columns[at] ?? "", cell]));
}

function exportRows(
  sql: SqlStorage,
  of: { format: "json" | "csv"; place: Extract<Place, { of: "rows" }>; alone: boolean },
): ExportPart {
  const { format, place, alone } = of;
  const tables = listTables(sql);
  if (!tables.includes(place.table)) {
    if (alone) throw refuseSql(`there is no table ${JSON.stringify(place.table)}`);
    return { lines: [], next: null };
  }
  const statement = `SELECT * FROM ${quoteName(place.table)} LIMIT ${ROWS_AT_ONCE} OFFSET ${place.offset}`;
  const { columns, rows } = runSql(sql, { sql: statement, params: [] }, { mayWrite: false });
  const lines = rows.map((row) =>
    format === "csv"
      ? row.map(csvCell).join(",")
      : JSON.stringify({ table: place.table, row: nameCells(columns, row) }),
  );
  if (format === "csv" && place.offset === 0) lines.unshift(columns.map(csvCell).join(","));
  if (rows.length > 0) return { lines, next: writePlace({ ...place, offset: place.offset + rows.length }) };
  const following = alone ? undefined : tables[tables.indexOf(place.table) + 1];
  return {
    lines,
    next: following === undefined ? null : writePlace({ of: "rows", table: following, offset: 0 }),
  };
}
