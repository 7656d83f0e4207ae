import type { SqlRequest } from "#contract/store/store";
import { AppError } from "../platform/app-error.ts";
import { attemptNow } from "../platform/attempt.ts";
import type { ImportedEntry, ImportedKeys, StoredTable, TableStep } from "./store-api.ts";
import type { StoreKeeper } from "./store-keeper.ts";
import { listTables, quoteName } from "./tables/run-sql.ts";
import { refuseSql, scanSql } from "../platform/sql/scan-sql.ts";

/** What a table is called until all of it is there; one that was left behind is dropped when it is begun anew. */
const HALF_PREFIX = "floom_import_";

/** The tables that people have made, by name, but those that are only half taken over. */
export function listStoredTables(sql: SqlStorage): StoredTable[] {
  const read = (query: string, name: string) =>
    sql
      .exec<{ sql: string }>(query, name)
      .toArray()
      .map((row) => row.sql);
  return listTables(sql)
    .filter((name) => !name.startsWith(HALF_PREFIX))
    .map((name) => ({
      name,
      sql: read("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", name)[0] ?? "",
      indexes: read(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY name",
        name,
      ),
    }));
}

/** Sets each key that is not there. Throws `store_full` and `store_busy`; what came before stays. */
export function importKeys(
  keeper: StoreKeeper,
  entries: readonly ImportedEntry[],
  { dryRun }: { dryRun: boolean },
): ImportedKeys {
  const result: ImportedKeys = { made: 0, there: 0, refused: [] };
  for (const { key, ...value } of entries) {
    const stored = keeper.read(key, { staged: null });
    if (stored === null) {
      const write = { op: "set", key, ...value, if_version: "none" } as const;
      if (!dryRun) keeper.write({ write, once: null, staged: null });
      result.made += 1;
    } else if (stored.kind === value.kind && isSame(flatten(stored), value.value)) result.there += 1;
    else result.refused.push(key);
  }
  return result;
}

/** JSON leaves a store in one line. */
function flatten({ kind, value }: Pick<ImportedEntry, "kind" | "value">): Uint8Array {
  return kind === "bytes" ? value : value.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte));
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && one.every((byte, at) => byte === other[at]);
}

/**
 * Takes a table over under a name of its own, which it changes for its real one at the end. Every statement is judged as
 * one that a person sends. Throws `sql_refused`, `store_full`, `store_busy`.
 */
export function importTable(keeper: StoreKeeper, table: string, given: TableStep): null {
  const half = quoteName(HALF_PREFIX + table);
  const execute = (sql: string, params: SqlRequest["params"] = []) =>
    keeper.execute({ statement: { sql, params }, once: null, staged: null });
  if (given.step === "begin") {
    execute(`DROP TABLE IF EXISTS ${half}`);
    execute(renameCreated(given.sql, half));
  } else if (given.step === "rows") {
    for (const row of given.rows) {
      const columns = Object.keys(row).map(quoteName).join(", ");
      const marks = Object.keys(row).map(() => "?");
      execute(`INSERT INTO ${half} (${columns}) VALUES (${marks.join(", ")})`, Object.values(row));
    }
  } else {
    execute(`ALTER TABLE ${half} RENAME TO ${quoteName(table)}`);
    const refused = given.indexes.flatMap((sql) => {
      const tried = attemptNow(() => execute(sql));
      return tried.ok ? [] : [tried.refusal.message];
    });
    if (refused.length > 0)
      throw new AppError("sql_refused", `The table is there, without its indexes: ${refused[0]}`);
  }
  return null;
}

/** The statement that makes a table, for a table of another name: SQLite keeps it as `CREATE TABLE name (...)`. Pure. */
export function renameCreated(sql: string, name: string): string {
  const [create, table, named] = scanSql(sql);
  const says = (word: string, token: typeof create) => token?.text.toUpperCase() === word;
  if (!says("CREATE", create) || !says("TABLE", table) || named === undefined || named.kind === "symbol")
    throw refuseSql("it makes no plain table");
  return sql.slice(0, named.from) + name + sql.slice(named.to);
}
