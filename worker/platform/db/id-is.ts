import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/**
 * Rows whose id is this string as somebody sent it: it may be no id at all, and then no row is meant. Where an id is
 * known to be one, `eq` takes the branded type and nothing else.
 */
export function idIs(column: SQLiteColumn, given: string): SQL {
  return sql`${column} = ${given}`;
}

/** Rows whose id is one of these strings, in one parameter however many there are: D1 takes at most a hundred in a query. */
export function idIsOneOf(column: SQLiteColumn, given: readonly string[]): SQL {
  return sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(given)}))`;
}

/** Rows whose value is none of these strings, in one parameter; nothing is asked where there are none. */
export function isNoneOf(column: SQLiteColumn, given: readonly string[]): SQL | undefined {
  if (given.length === 0) return undefined;
  return sql`${column} NOT IN (SELECT value FROM json_each(${JSON.stringify(given)}))`;
}

/** Rows whose id sorts before this string, which need not be an id. */
export function isBefore(column: SQLiteColumn, given: string): SQL {
  return sql`${column} < ${given}`;
}

/** Rows whose id sorts behind this string, which need not be an id. */
export function isAfter(column: SQLiteColumn, given: string): SQL {
  return sql`${column} > ${given}`;
}
