import { drizzle } from "drizzle-orm/d1";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { guardDatabase } from "../objects/carriers.ts";

export type Db = DrizzleD1Database;

/**
 * The query builder over a D1 binding. D1 holds what lists and look-ups need; the tables stand in `schema/`, one file a
 * room. Times are epoch milliseconds; every row belongs to one workspace.
 */
export function createDb(binding: D1Database): Db {
  return drizzle(guardDatabase(binding));
}
