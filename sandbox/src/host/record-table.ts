import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";
import type { z } from "zod";

/**
 * Records by their ids, in a table of an SQLite file of their own and in memory. A change is on disk when `save` returns,
 * which is before whatever follows from it. What cannot be read by `schema` keeps the file from being opened.
 */
export class RecordTable<Value> {
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;
  readonly #remove: StatementSync;
  readonly #idOf: (value: Value) => string;
  readonly #values = new Map<string, Value>();

  /** Opens the file, creating it and the table when missing. */
  constructor(
    file: string,
    { table, schema, idOf }: { table: string; schema: z.ZodType<Value>; idOf: (value: Value) => string },
  ) {
    this.#idOf = idOf;
    this.#database = new DatabaseSync(file);
    this.#database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;" +
        `CREATE TABLE IF NOT EXISTS ${table} (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;`,
    );
    this.#upsert = this.#database.prepare(
      `INSERT INTO ${table} (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record`,
    );
    this.#remove = this.#database.prepare(`DELETE FROM ${table} WHERE id = ?`);
    for (const row of this.#database.prepare(`SELECT record FROM ${table}`).all()) {
      const value = schema.parse(JSON.parse(String(row["record"])));
      this.#values.set(idOf(value), value);
    }
  }

  save(value: Value): void {
    const id = this.#idOf(value);
    this.#upsert.run(id, JSON.stringify(value));
    this.#values.set(id, value);
  }

  remove(id: string): void {
    this.#remove.run(id);
    this.#values.delete(id);
  }

  find(id: string): Value | undefined {
    return this.#values.get(id);
  }

  list(): Value[] {
    return [...this.#values.values()];
  }

  close(): void {
    this.#database.close();
  }
}
