/** One step from a form of a part's tables to the next: statements, each ended by a semicolon. */
export type TableStep = string;

/**
 * Brings the tables of one part of an object to their newest form: every step that has not been taken yet, in order,
 * and what was reached is written down with them. The first step of a part creates its tables where they are not there
 * yet: those of the time before steps were counted stay as they are. A step that was published is never changed.
 * Costs one read each time an object wakes up, and one row for each part that moves: a cost of the worker, not of a run.
 */
export function migrateTables(sql: SqlStorage, part: string, steps: readonly TableStep[]): void {
  sql.exec(
    "CREATE TABLE IF NOT EXISTS table_versions (part TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;",
  );
  const [known] = sql
    .exec<{ version: number }>("SELECT version FROM table_versions WHERE part = ?", part)
    .toArray();
  const reached = known?.version ?? 0;
  if (reached >= steps.length) return;
  for (const step of steps.slice(reached)) sql.exec(step);
  sql
    .exec("INSERT OR REPLACE INTO table_versions (part, version) VALUES (?, ?)", part, steps.length)
    .toArray();
}
