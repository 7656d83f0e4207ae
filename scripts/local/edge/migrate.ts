import * as z from "zod";

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

/** One file of the migrations folder. */
export interface Migration {
  name: string;
  sql: string;
}

/** drizzle-kit writes this between the statements of one file. */
const STATEMENT_BREAK = "--> statement-breakpoint";

/** The table that `wrangler d1 migrations apply` keeps too, so both ways know what the other has done. */
const RECORD_TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

const recordedSchema = z.object({ name: z.string() });

/**
 * Applies the migrations that the database has not seen, in the order of their names, each one whole or not at all.
 * Answers the names applied now.
 */
export async function migrate(db: MigrationDatabase, migrations: readonly Migration[]): Promise<string[]> {
  await db.prepare(RECORD_TABLE).run();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all();
  const done = new Set(results.map((row) => recordedSchema.parse(row).name));
  const pending = migrations
    .filter(({ name }) => !done.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  for (const { name, sql } of pending) {
    const record = db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name);
    await db.batch([...splitStatements(sql).map((statement) => db.prepare(statement)), record]);
  }
  return pending.map(({ name }) => name);
}

/** The statements of one migration file, without the empty ones. */
export function splitStatements(sql: string): string[] {
  return sql
    .split(STATEMENT_BREAK)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
