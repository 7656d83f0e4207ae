import { migrateTables } from "../platform/objects/object-migrations.ts";

/** What every table of the store's own is called by; statements of people may name nothing that begins so. */
export const OWN_PREFIX = "_floom_";

/**
 *   _floom_entries   keys and their values
 *   _floom_answers   how writes with an idempotency key were answered
 *   _floom_runs      which sandbox of a run writes here, and how far the run has come
 *   _floom_staged    what runs have written that is not decided yet
 * All else in the database is people's.
 */
const steps = [
  `CREATE TABLE IF NOT EXISTS _floom_entries (key TEXT PRIMARY KEY, kind TEXT NOT NULL, value BLOB NOT NULL, version TEXT NOT NULL, updated_at INTEGER NOT NULL, expires_at INTEGER) WITHOUT ROWID;
   CREATE INDEX IF NOT EXISTS _floom_expiring ON _floom_entries (expires_at) WHERE expires_at IS NOT NULL;
   CREATE TABLE IF NOT EXISTS _floom_answers (once TEXT PRIMARY KEY, digest TEXT NOT NULL, answer TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE IF NOT EXISTS _floom_runs (run_id TEXT PRIMARY KEY, attempt INTEGER NOT NULL, launch INTEGER NOT NULL, stage TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE IF NOT EXISTS _floom_staged (run_id TEXT NOT NULL, seq INTEGER NOT NULL, key TEXT, once TEXT, write TEXT NOT NULL, value BLOB NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (run_id, seq)) WITHOUT ROWID;`,
];

/** Makes the store's tables; whoever only looks at a store that holds nothing makes none. */
export function makeTables(sql: SqlStorage): void {
  migrateTables(sql, "store", steps);
}

/** Whether the store was ever written to. */
export function hasTables(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE name = '_floom_staged'").toArray().length > 0;
}
