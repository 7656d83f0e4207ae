import type { ChainPlace } from "#contract/audit/chain";
import { chainStart } from "#contract/audit/chain";
import { migrateTables } from "../../platform/objects/object-migrations.ts";

/** An entry as it is kept. */
export interface LinkRow {
  seq: number;
  /** Of the event. */
  id: string;
  /** When it happened, epoch milliseconds. */
  at: number;
  /** The event as canonical JSON: the text that was hashed. */
  entry: string;
  hash: string;
  mac: string;
  /** Which key the MAC was made with. */
  key_id: string;
  /** By what a repeat of it is known; null for a request. */
  repeat_key: string | null;
}

/**
 * `trimmed`: the last entry that went; `checkpoint`: the last one that was signed and put away; `begun`: when there was
 * nothing yet, whose time says from when on everything is in the chain.
 */
export type PlaceName = "trimmed" | "checkpoint" | "begun";

/** A place that is remembered, with its proof. */
export interface KeptPlace extends ChainPlace {
  name: PlaceName;
  /** When it was, epoch milliseconds. */
  at: number;
  mac: string;
  key_id: string;
}

type Columns<T> = { [K in keyof T]: T[K] & SqlStorageValue };

const LINK = "seq, id, at, entry, hash, mac, key_id, repeat_key";

/** The forms its tables have had; see migrateTables. */
const steps = [
  `CREATE TABLE IF NOT EXISTS links (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, entry TEXT NOT NULL, hash TEXT NOT NULL, mac TEXT NOT NULL, key_id TEXT NOT NULL, copied INTEGER NOT NULL);
   CREATE TABLE IF NOT EXISTS places (name TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, mac TEXT NOT NULL, key_id TEXT NOT NULL) WITHOUT ROWID;`,
  `ALTER TABLE links ADD COLUMN repeat_key TEXT;
   CREATE UNIQUE INDEX links_by_repeat ON links (repeat_key) WHERE repeat_key IS NOT NULL;`,
];

/**
 * What the object of a workspace's chain holds.
 *   links(seq, ...)      the entries; `copied` says how far copying to D1 had come when this one was appended
 *   places(name, ...)    places that are remembered, each with its proof
 */
export class ChainTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    migrateTables(sql, "audit", steps);
  }

  /** Whether anything was ever written. */
  static isIn(sql: SqlStorage): boolean {
    return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'links'").toArray().length > 0;
  }

  /** The end of the chain; its beginning where it holds nothing. */
  last(): ChainPlace {
    const [last] = this.#sql
      .exec<Columns<ChainPlace>>("SELECT seq, hash FROM links ORDER BY seq DESC LIMIT 1")
      .toArray();
    return last ?? this.first();
  }

  /** What the oldest entry hangs on. */
  first(): ChainPlace {
    const trimmed = this.place("trimmed");
    return trimmed === undefined ? chainStart : { seq: trimmed.seq, hash: trimmed.hash };
  }

  /** How far copying had come as the newest entry was appended. */
  copied(): number {
    const [last] = this.#sql
      .exec<{ copied: number }>("SELECT copied FROM links ORDER BY seq DESC LIMIT 1")
      .toArray();
    return last?.copied ?? this.first().seq;
  }

  /** Whether an event is there, or one that it repeats. */
  holds(id: string, repeatKey: string | null): boolean {
    if (this.has(id)) return true;
    if (repeatKey === null) return false;
    return this.#sql.exec("SELECT 1 FROM links WHERE repeat_key = ?", repeatKey).toArray().length > 0;
  }

  has(id: string): boolean {
    return this.#sql.exec("SELECT 1 FROM links WHERE id = ?", id).toArray().length > 0;
  }

  at(seq: number): LinkRow | undefined {
    return this.#sql.exec<Columns<LinkRow>>(`SELECT ${LINK} FROM links WHERE seq = ?`, seq).toArray()[0];
  }

  /** Entries behind a number, oldest first. */
  after(seq: number, limit: number): LinkRow[] {
    return this.#sql
      .exec<Columns<LinkRow>>(`SELECT ${LINK} FROM links WHERE seq > ? ORDER BY seq LIMIT ?`, seq, limit)
      .toArray();
  }

  /** The smallest id of an event; null where there is none. */
  firstId(): string | null {
    const [row] = this.#sql.exec<{ first: string | null }>("SELECT MIN(id) AS first FROM links").toArray();
    return row?.first ?? null;
  }

  /** How many events have this id or one behind it. Reads all of them. */
  countFrom(id: string): number {
    const [row] = this.#sql
      .exec<{ count: number }>("SELECT COUNT(*) AS count FROM links WHERE id >= ?", id)
      .toArray();
    return row?.count ?? 0;
  }

  /** How many events have an id before this one. */
  countBefore(id: string): number {
    const [row] = this.#sql
      .exec<{ count: number }>("SELECT COUNT(*) AS count FROM links WHERE id < ?", id)
      .toArray();
    return row?.count ?? 0;
  }

  add({ seq, id, at, entry, hash, mac, key_id, repeat_key }: LinkRow, copied: number): void {
    this.#sql
      .exec(
        `INSERT INTO links (${LINK}, copied) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        seq,
        id,
        at,
        entry,
        hash,
        mac,
        key_id,
        repeat_key,
        copied,
      )
      .toArray();
  }

  place(name: PlaceName): KeptPlace | undefined {
    return this.#sql
      .exec<Columns<KeptPlace>>("SELECT name, seq, hash, at, mac, key_id FROM places WHERE name = ?", name)
      .toArray()[0];
  }

  keep({ name, seq, hash, at, mac, key_id }: KeptPlace): void {
    this.#sql
      .exec(
        "INSERT OR REPLACE INTO places (name, seq, hash, at, mac, key_id) VALUES (?, ?, ?, ?, ?, ?)",
        name,
        seq,
        hash,
        at,
        mac,
        key_id,
      )
      .toArray();
  }

  /** The last of the entries from the beginning on that are all older than `before`, so many at most. */
  lastOlder(before: number, limit: number): LinkRow | undefined {
    const rows = this.after(this.first().seq, limit);
    const young = rows.findIndex(({ at }) => at >= before);
    return rows[(young === -1 ? rows.length : young) - 1];
  }

  dropUntil(seq: number): void {
    this.#sql.exec("DELETE FROM links WHERE seq <= ?", seq).toArray();
  }
}
