import type { StoreKind } from "#contract/store/store";
import type { PartTools } from "../platform/objects/object-part.ts";
import { afterPrefix } from "./judge-key.ts";
import { entryBytes } from "./judge-write.ts";
import type { StoreTotals } from "./judge-write.ts";
import type { EntryFacts, KeyRange, StoredEntry } from "./store-api.ts";

type SqlRow = Record<string, SqlStorageValue>;
type Row = SqlRow & {
  key: string;
  kind: string;
  version: string;
  updated_at: number;
  expires_at: number | null;
  size_bytes: number;
};
type ValueRow = Row & { value: ArrayBuffer };

const FACTS = "key, kind, version, updated_at, expires_at, length(value) AS size_bytes";

const readKind = (kind: string): StoreKind => (kind === "bytes" ? "bytes" : "json");
const toFacts = ({ key, kind, size_bytes, version, updated_at, expires_at }: Row): EntryFacts => ({
  key,
  kind: readKind(kind),
  size_bytes,
  version,
  updated_at,
  expires_at,
});

const toEntry = (row: ValueRow): StoredEntry => ({ ...toFacts(row), value: new Uint8Array(row.value) });

/** The keys of a store in its object's table. One that has expired is not there, whether it was swept or not. */
export class EntryTable {
  readonly #tools: Pick<PartTools, "sql" | "write">;
  #totals: StoreTotals | null = null;

  constructor(tools: Pick<PartTools, "sql" | "write">) {
    this.#tools = tools;
  }

  find(key: string, now: number): StoredEntry | null {
    const query = `SELECT ${FACTS}, value FROM _floom_entries WHERE key = ? AND (expires_at IS NULL OR expires_at > ?)`;
    const [row] = this.#tools.sql.exec<ValueRow>(query, key, now).toArray();
    return row === undefined ? null : toEntry(row);
  }

  list(range: KeyRange, now: number): EntryFacts[] {
    return this.#range<Row>(range, now, FACTS).map(toFacts);
  }

  /** The same with their values. */
  listValues(range: KeyRange, now: number): StoredEntry[] {
    return this.#range<ValueRow>(range, now, `${FACTS}, value`).map(toEntry);
  }

  #range<R extends Row>({ prefix, after, limit }: KeyRange, now: number, columns: string): R[] {
    const end = afterPrefix(prefix);
    const query = `SELECT ${columns} FROM _floom_entries WHERE key >= ? AND key > ? AND (? IS NULL OR key < ?)
      AND (expires_at IS NULL OR expires_at > ?) ORDER BY key LIMIT ?`;
    return this.#tools.sql.exec<R>(query, prefix, after ?? "", end, end, now, limit).toArray();
  }

  put({ key, kind, value, version, updated_at, expires_at }: StoredEntry): void {
    const after = this.totalsWith({ key, size_bytes: value.byteLength });
    this.#tools.write(
      "INSERT OR REPLACE INTO _floom_entries (key, kind, value, version, updated_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
      key,
      kind,
      value.slice().buffer,
      version,
      updated_at,
      expires_at,
    );
    this.#totals = after;
  }

  remove(key: string): void {
    const before = this.totals();
    const own = this.#sizeOf(key);
    this.#tools.write("DELETE FROM _floom_entries WHERE key = ?", key);
    this.#totals = { entries: before.entries - own.entries, bytes: before.bytes - own.bytes };
  }

  /** What a key takes, also one that has expired and was not swept. */
  #sizeOf(key: string): StoreTotals {
    const query =
      "SELECT 1 AS entries, length(CAST(key AS BLOB)) + length(value) AS bytes FROM _floom_entries WHERE key = ?";
    const [row] = this.#tools.sql.exec<{ entries: number; bytes: number }>(query, key).toArray();
    return row ?? { entries: 0, bytes: 0 };
  }

  /** What all would come to with this entry, in the place of the one there is under its key. */
  totalsWith(entry: Pick<StoredEntry, "key" | "size_bytes">): StoreTotals {
    const before = this.totals();
    const own = this.#sizeOf(entry.key);
    return {
      entries: before.entries - own.entries + 1,
      bytes: before.bytes - own.bytes + entryBytes(entry),
    };
  }

  /** Deletes what has expired. */
  sweep(now: number): void {
    this.#totals = null;
    this.#tools.write("DELETE FROM _floom_entries WHERE expires_at <= ?", now);
  }

  /** When the first of them expires, epoch milliseconds; null for none. */
  nextExpiry(): number | null {
    const query = "SELECT min(expires_at) AS at FROM _floom_entries WHERE expires_at IS NOT NULL";
    return this.#tools.sql.exec<{ at: number | null }>(query).toArray()[0]?.at ?? null;
  }

  /** What all of them come to, those that have expired and were not swept yet with them. Counted once in an object's life. */
  totals(): StoreTotals {
    return (this.#totals ??= this.#count());
  }

  /** After a change was taken back, or all was deleted: null where they are to be counted again. */
  setTotals(totals: StoreTotals | null): void {
    this.#totals = totals;
  }

  /** As they are known, null where they were not counted. */
  knownTotals(): StoreTotals | null {
    return this.#totals;
  }

  #count(): StoreTotals {
    const query =
      "SELECT count(*) AS entries, coalesce(sum(length(CAST(key AS BLOB)) + length(value)), 0) AS bytes FROM _floom_entries";
    const [row] = this.#tools.sql.exec<{ entries: number; bytes: number }>(query).toArray();
    return row ?? { entries: 0, bytes: 0 };
  }
}
