import { drizzle } from "drizzle-orm/d1";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { guardDatabase } from "../objects/carriers.ts";

export type Db = DrizzleD1Database;

/** One for each binding, which lives as long as its isolate: what was prepared for it is prepared once. */
const opened = new WeakMap<D1Database, Db>();

/**
 * The query builder over a D1 binding. D1 holds what lists and look-ups need; the tables stand in `schema/`, one file a
 * room. Times are epoch milliseconds; every row belongs to one workspace.
 */
export function createDb(binding: D1Database): Db {
  const known = opened.get(binding);
  if (known !== undefined) return known;
  const db = drizzle(guardDatabase(binding));
  opened.set(binding, db);
  return db;
}
