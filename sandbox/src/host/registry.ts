import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";
import { sandboxRecordSchema } from "./sandbox-record.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

/**
 * The record of every sandbox, in SQLite and in memory. A change is on disk when `save` returns, which is
 * before the launch, kill or answer that follows it.
 */
export class Registry {
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;
  readonly #remove: StatementSync;
  readonly #records = new Map<string, SandboxRecord>();

  /** Opens the database file, creating it when missing. */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;" +
        "CREATE TABLE IF NOT EXISTS sandboxes (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;",
    );
    this.#upsert = this.#database.prepare(
      "INSERT INTO sandboxes (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record",
    );
    this.#remove = this.#database.prepare("DELETE FROM sandboxes WHERE id = ?");
    for (const row of this.#database.prepare("SELECT record FROM sandboxes").all()) {
      const record = sandboxRecordSchema.parse(JSON.parse(String(row["record"])));
      this.#records.set(record.id, record);
    }
  }

  save(record: SandboxRecord): void {
    this.#upsert.run(record.id, JSON.stringify(record));
    this.#records.set(record.id, record);
  }

  remove(id: string): void {
    this.#remove.run(id);
    this.#records.delete(id);
  }

  find(id: string): SandboxRecord | undefined {
    return this.#records.get(id);
  }

  list(): SandboxRecord[] {
    return [...this.#records.values()];
  }

  close(): void {
    this.#database.close();
  }
}
