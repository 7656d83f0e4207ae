import { env, runInDurableObject } from "cloudflare:test";
import type { PartTools } from "../../../worker/platform/objects/object-part.ts";

/** A cell as a fixture writes it: bytes as a list of numbers. */
type Cell = string | number | null | { bytes: number[] };
export type StoredRow = Record<string, Cell>;

/** A table as an earlier version had left it. */
export interface StoredTable {
  name: string;
  sql: string;
  rows: StoredRow[];
}

/** What a part of an object is lent, over the tables inside a fresh object. */
export async function overTables(
  tables: readonly StoredTable[],
  body: (tools: PartTools) => void | Promise<void>,
): Promise<void> {
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.newUniqueId());
  await runInDurableObject(stub, async (_instance, { storage: { sql } }) => {
    for (const table of tables) {
      sql.exec(table.sql);
      for (const row of table.rows) {
        const { query, values } = buildInsert(table.name, row);
        sql.exec(query, ...values);
      }
    }
    const write = (query: string, ...values: SqlStorageValue[]) => void sql.exec(query, ...values).toArray();
    await body({ sql, write, rearm: () => {}, waitUntil: () => {} });
  });
}

/** Puts rows of an earlier version into a table of D1. */
export async function insertRows(table: string, rows: readonly StoredRow[]): Promise<void> {
  for (const row of rows) {
    const { query, values } = buildInsert(table, row);
    await env.DB.prepare(query)
      .bind(...values)
      .run();
  }
}

function buildInsert(
  table: string,
  row: StoredRow,
): { query: string; values: (string | number | null | ArrayBuffer)[] } {
  const names = Object.keys(row).map((name) => `"${name}"`);
  const places = names.map(() => "?");
  const values = Object.values(row).map((cell) =>
    typeof cell === "object" && cell !== null ? new Uint8Array(cell.bytes).buffer : cell,
  );
  return { query: `INSERT INTO "${table}" (${names.join(", ")}) VALUES (${places.join(", ")})`, values };
}
