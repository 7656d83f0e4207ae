import { storedBytes } from "./stored-size.ts";

/*
 * The one way to every place where something is kept. Production refuses what is larger than two million bytes; the
 * local workerd takes several times that, so nothing would be noticed before it is deployed. These refuse everywhere
 * what production refuses, before anything of it is written.
 */

/** The most that an entry of an object's storage with its key, or a row, a text or a blob of a database may take. */
export const CARRIED_BYTES = 2_000_000;

/** Something is larger than the place it is to be kept in. Whoever composes it has to judge its size before. */
export class TooLargeToKeep extends Error {
  constructor(what: string, bytes: number) {
    super(`${what} takes ${bytes} bytes, and at most ${CARRIED_BYTES} can be kept.`);
    this.name = "TooLargeToKeep";
  }
}

function refuseLarge(what: string, bytes: number): void {
  if (bytes > CARRIED_BYTES) throw new TooLargeToKeep(what, bytes);
}

/** Everything that is bound to one statement: a row is made of it, which an upsert binds twice. */
function checkBound(query: string, values: readonly unknown[]): void {
  const bytes = [...new Set(values)].reduce<number>((sum, value) => sum + boundBytes(value), 0);
  refuseLarge(`What is bound to \`${query.slice(0, 60)}\``, bytes);
}

function boundBytes(value: unknown): number {
  return typeof value === "string" ? new TextEncoder().encode(value).byteLength : storedBytes(value);
}

/** `target` with some of its methods replaced. */
function replaceMethods<Target extends object>(target: Target, methods: Partial<Target>): Target {
  return new Proxy(target, {
    get(whole, name) {
      const replaced: unknown = Reflect.get(methods, name);
      if (replaced !== undefined) return replaced;
      const member: unknown = Reflect.get(whole, name, whole);
      if (typeof member !== "function") return member;
      const bound: unknown = member.bind(whole);
      return bound;
    },
  });
}

/** Entries of an object's storage; a `put` that production would refuse throws TooLargeToKeep. */
export function guardEntries(kv: SyncKvStorage): SyncKvStorage {
  return replaceMethods<SyncKvStorage>(kv, {
    put(key, value) {
      refuseLarge(`The entry ${key}`, key.length + storedBytes(value));
      kv.put(key, value);
    },
  });
}

/** An object's tables; a statement with more bound to it than a row may hold throws TooLargeToKeep. */
export function guardTables(sql: SqlStorage): SqlStorage {
  return replaceMethods<SqlStorage>(sql, {
    exec(query, ...values) {
      checkBound(query, values);
      return sql.exec(query, ...values);
    },
  });
}

/** A D1 database; a statement with more bound to it than a row may hold throws TooLargeToKeep. */
export function guardDatabase(db: D1Database): D1Database {
  return replaceMethods<D1Database>(db, {
    prepare(query) {
      const statement = db.prepare(query);
      return replaceMethods<D1PreparedStatement>(statement, {
        bind(...values) {
          checkBound(query, values);
          return statement.bind(...values);
        },
      });
    },
  });
}
