import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

interface Statement {
  bind(...values: unknown[]): Statement;
  run(): Promise<unknown>;
  all(): Promise<{ results: unknown[] }>;
}

/** The part of a D1 binding that migrating needs. */
export interface MigrationDatabase {
  prepare(sql: string): Statement;
  batch(statements: Statement[]): Promise<unknown>;
}

/** drizzle-kit writes this between the statements of one file. */
const STATEMENT_BREAK = "--> statement-breakpoint";

/** The table that `wrangler d1 migrations apply` keeps too, so both ways know what the other has done. */
const RECORD_TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

/**
 * Applies the migrations of a folder that the database has not seen, in the order of their names, each one
 * whole or not at all. Answers the names applied now.
 */
export async function migrate(db: MigrationDatabase, folder: string): Promise<string[]> {
  await db.prepare(RECORD_TABLE).run();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all();
  const done = new Set(results.map((row) => (row as { name: string }).name));
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
  const pending = files.filter((file) => !done.has(file));
  for (const file of pending) {
    const statements = splitStatements(await readFile(join(folder, file), "utf8"));
    const record = db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(file);
    await db.batch([...statements.map((sql) => db.prepare(sql)), record]);
  }
  return pending;
}

/** The statements of one migration file, without the empty ones. */
export function splitStatements(sql: string): string[] {
  return sql
    .split(STATEMENT_BREAK)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
