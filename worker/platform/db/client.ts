import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import * as schema from "./schema.ts";

export type Db = DrizzleD1Database<typeof schema>;

/** The query builder over a D1 binding, with every table of the schema. */
export function createDb(binding: D1Database): Db {
  return drizzle(binding, { schema });
}
