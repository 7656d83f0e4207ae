/** One step from a form of a part's tables to the next: statements, each ended by a semicolon. */
export type TableStep = string;

/**
 * Brings the tables of one part of an object to their newest form: every step that has not been taken yet, in order,
 * and what was reached is written down with them, in one write that is there whole or not at all. Costs one read each
 * time an object wakes up.
 *
 * The first step creates the tables where they are not there yet, so that it may be taken any number of times. A part
 * that has no other step writes nothing down: a new object pays no row for it. A step that was published is never
 * changed, and leaves tables that the code before it can still use, for a deployment may be rolled back.
 */
export function migrateTables(sql: SqlStorage, part: string, steps: readonly TableStep[]): void {
  const [first = "", ...later] = steps;
  if (later.length === 0) {
    sql.exec(first);
    return;
  }
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
