import { DatabaseSync } from "node:sqlite";

type Value = string | number | null;

/** An object's SQLite as far as its parts use it, in Node's own SQLite, so that histories are cheap. */
export function createMemorySql(): SqlStorage {
  const db = new DatabaseSync(":memory:");
  const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const prepare = (query: string) => {
    const known = statements.get(query) ?? db.prepare(query);
    statements.set(query, known);
    return known;
  };
  const exec = (query: string, ...values: Value[]) => {
    if (values.length === 0 && query.includes(";")) {
      db.exec(query);
      return { toArray: () => [] };
    }
    const rows = prepare(query).all(...values);
    return { toArray: () => rows.map((row) => ({ ...row })) };
  };
  return { exec } as unknown as SqlStorage;
}
