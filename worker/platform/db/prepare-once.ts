import type { Db } from "./client.ts";

/**
 * A query that is asked with most requests, written down once for each database: to put its text together takes half as
 * long as to have it answered. What differs from time to time stands in it as a placeholder.
 */
export function prepareOnce<Query>(prepare: (db: Db) => Query): (db: Db) => Query {
  const prepared = new WeakMap<Db, Query>();
  return (db) => {
    const known = prepared.get(db);
    if (known !== undefined) return known;
    const query = prepare(db);
    prepared.set(db, query);
    return query;
  };
}
