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
}

/** A place that is remembered, with its proof. */
export interface KeptPlace extends ChainPlace {
  /** When it was, epoch milliseconds. */
  at: number;
  mac: string;
  key_id: string;
}

type Columns<T> = { [K in keyof T]: T[K] & SqlStorageValue };

const LINK = "seq, id, at, entry, hash, mac, key_id";

/** The forms its tables have had; see migrateTables. */
const steps = [
  `CREATE TABLE IF NOT EXISTS links (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, entry TEXT NOT NULL, hash TEXT NOT NULL, mac TEXT NOT NULL, key_id TEXT NOT NULL, copied INTEGER NOT NULL);
   CREATE TABLE IF NOT EXISTS places (name TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, mac TEXT NOT NULL, key_id TEXT NOT NULL) WITHOUT ROWID;`,
];

/**
 * What the object of a workspace's chain holds.
 *   links(seq, ...)      the entries; `copied` says how far copying to D1 had come when this one was appended
 *   places(name, ...)    `trimmed`: the last entry that went; `checkpoint`: the last one that was signed and put away
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

  /** The smallest id of an event, and how many events there are. */
  extent(): { firstId: string | null; count: number } {
    const [row] = this.#sql
      .exec<{ first: string | null; count: number }>("SELECT MIN(id) AS first, COUNT(*) AS count FROM links")
      .toArray();
    return { firstId: row?.first ?? null, count: row?.count ?? 0 };
  }

  add({ seq, id, at, entry, hash, mac, key_id }: LinkRow, copied: number): void {
    this.#sql
      .exec(
        `INSERT INTO links (${LINK}, copied) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        seq,
        id,
        at,
        entry,
        hash,
        mac,
        key_id,
        copied,
      )
      .toArray();
  }

  place(name: "trimmed" | "checkpoint"): KeptPlace | undefined {
    return this.#sql
      .exec<Columns<KeptPlace>>("SELECT seq, hash, at, mac, key_id FROM places WHERE name = ?", name)
      .toArray()[0];
  }

  keep(name: "trimmed" | "checkpoint", { seq, hash, at, mac, key_id }: KeptPlace): void {
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
