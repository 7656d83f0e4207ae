import { migrateTables } from "../platform/objects/object-migrations.ts";
import { alertMessageSchema, deliveryAttemptSchema } from "#contract/alerts/alert";
import type { DeliveryAttempt, DeliveryStatus } from "#contract/alerts/alert";
import { limits } from "#contract/limits";
import { alertTargetDocument } from "./outbox-api.ts";
import type { AlertTarget } from "./outbox-api.ts";
import type { PartTools } from "../platform/objects/object-part.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";

export type Channel = "webhook" | "email";

/**
 * `target` is a copy where the message must go to what was true when it was raised: a manifest's alert, a test. What goes
 * by `list` is no alert's: it waits to be put on a list of ours.
 */
export interface DeliveryRow {
  dedupe: string;
  id: string;
  alert_id: string;
  channel: Channel | "list";
  target: string | null;
  body: string;
  status: DeliveryStatus;
  tries: number;
  attempts: string;
  next_at: number | null;
  created_at: number;
}

/** A message of an alert. */
export type MessageRow = DeliveryRow & { channel: Channel };

export function isMessage(row: DeliveryRow): row is MessageRow {
  return row.channel !== "list";
}

/** A target, and why posts to it have stopped; null while they go on. */
export interface KnownTarget {
  target: AlertTarget;
  disabled: string | null;
}

const KEPT_ATTEMPTS = 30;

/** The attempts of a message as they are kept with it. */
export const attemptsForm = defineUnmarked("attempts of an alert's message", deliveryAttemptSchema.array());

/** A message as it is sent: its receivers get the text that is kept, byte for byte. */
export const alertMessageForm = defineUnmarked("alert's message", alertMessageSchema);

/** The forms its tables have had; see migrateTables. */
const steps = [
  `CREATE TABLE IF NOT EXISTS alert_targets (id TEXT PRIMARY KEY, target TEXT NOT NULL, disabled TEXT) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS alert_deliveries (dedupe TEXT PRIMARY KEY, id TEXT NOT NULL, alert_id TEXT NOT NULL, channel TEXT NOT NULL, target TEXT, body TEXT NOT NULL, status TEXT NOT NULL, tries INTEGER NOT NULL, attempts TEXT NOT NULL, next_at INTEGER, created_at INTEGER NOT NULL) WITHOUT ROWID;`,
];

/**
 * The outbox's tables:
 *   alert_targets(id, target, disabled)   who is told; a copy of what the alerts room keeps in D1
 *   alert_deliveries(dedupe, ...)         one message to one place, or a missed start that is not on the list of those yet;
 *                                         `dedupe` names event, subject, alert and channel
 */
export class OutboxTable {
  readonly #sql: SqlStorage;
  readonly #write: PartTools["write"];

  constructor({ sql, write }: Pick<PartTools, "sql" | "write">) {
    this.#sql = sql;
    this.#write = write;
    migrateTables(sql, "outbox", steps);
  }

  #rows(query: string, ...values: SqlStorageValue[]): DeliveryRow[] {
    return this.#sql
      .exec<DeliveryRow & Record<string, SqlStorageValue>>(
        `SELECT * FROM alert_deliveries ${query}`,
        ...values,
      )
      .toArray();
  }

  targets(): Map<string, KnownTarget> {
    const rows = this.#sql
      .exec<{ id: string; target: string; disabled: string | null }>("SELECT * FROM alert_targets")
      .toArray();
    return new Map(
      rows.map(({ id, target, disabled }) => [
        id,
        { target: alertTargetDocument.readText(target), disabled },
      ]),
    );
  }

  putTarget({ target, disabled }: KnownTarget): void {
    this.#write(
      "INSERT OR REPLACE INTO alert_targets (id, target, disabled) VALUES (?, ?, ?)",
      target.id,
      JSON.stringify(alertTargetDocument.write(target)),
      disabled,
    );
  }

  /** Removes a target with all its messages. */
  deleteTarget(alertId: string): void {
    this.#write("DELETE FROM alert_targets WHERE id = ?", alertId);
    this.#write("DELETE FROM alert_deliveries WHERE alert_id = ?", alertId);
  }

  /** Adds a message that is to be sent now, unless one under the same `dedupe` is there. */
  insert(
    row: Pick<DeliveryRow, "dedupe" | "id" | "alert_id" | "channel" | "target" | "body">,
    now: number,
  ): void {
    this.#write(
      `INSERT OR IGNORE INTO alert_deliveries (dedupe, id, alert_id, channel, target, body, status, tries, attempts, next_at, created_at)
       VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, '[]', ?, ?)`,
      row.dedupe,
      row.id,
      row.alert_id,
      row.channel,
      row.target,
      row.body,
      now,
      now,
    );
  }

  find(dedupe: string): DeliveryRow | undefined {
    return this.#rows("WHERE dedupe = ?", dedupe)[0];
  }

  findById(alertId: string, deliveryId: string): MessageRow | undefined {
    return this.#rows("WHERE id = ? AND alert_id = ?", deliveryId, alertId).find(isMessage);
  }

  /** Newest first. */
  list(alertId: string, limit: number): MessageRow[] {
    return this.#rows("WHERE alert_id = ? ORDER BY id DESC LIMIT ?", alertId, limit).filter(isMessage);
  }

  /**
   * What is to be sent by `now`, without those under way: of each receiver the oldest few, and the oldest of each before
   * the second ones.
   */
  due(now: number, underWay: readonly string[]): DeliveryRow[] {
    return this.#sql
      .exec<DeliveryRow & Record<string, SqlStorageValue>>(
        `SELECT * FROM (
           SELECT *, row_number() OVER (PARTITION BY alert_id, channel ORDER BY next_at, dedupe) AS place FROM alert_deliveries
           WHERE status = 'pending' AND next_at <= ? AND dedupe NOT IN (SELECT value FROM json_each(?)))
         WHERE place <= 5 ORDER BY place, next_at, dedupe`,
        now,
        JSON.stringify(underWay),
      )
      .toArray();
  }

  /** When the next message to each receiver is to be sent, without those under way. */
  earliest(underWay: readonly string[]): { alert_id: string; channel: string; at: number }[] {
    return this.#sql
      .exec<{ alert_id: string; channel: string; at: number }>(
        `SELECT alert_id, channel, min(next_at) AS at FROM alert_deliveries
         WHERE status = 'pending' AND dedupe NOT IN (SELECT value FROM json_each(?)) GROUP BY alert_id, channel`,
        JSON.stringify(underWay),
      )
      .toArray();
  }

  /** Puts an attempt on a message's record, with what follows from it. */
  note(
    row: DeliveryRow,
    noted: { attempt: DeliveryAttempt; status: DeliveryStatus; next_at: number | null },
  ): void {
    const attempts = [...attemptsForm.readText(row.attempts), noted.attempt].slice(-KEPT_ATTEMPTS);
    this.#write(
      "UPDATE alert_deliveries SET status = ?, tries = ?, attempts = ?, next_at = ? WHERE dedupe = ?",
      noted.status,
      row.tries + 1,
      JSON.stringify(attempts),
      noted.next_at,
      row.dedupe,
    );
  }

  /** Lets go of what is done. */
  remove(dedupe: string): void {
    this.#write("DELETE FROM alert_deliveries WHERE dedupe = ?", dedupe);
  }

  /** Puts a message back in line with the whole schedule before it. */
  requeue(dedupe: string, now: number): void {
    this.#write(
      "UPDATE alert_deliveries SET status = 'pending', tries = 0, next_at = ? WHERE dedupe = ?",
      now,
      dedupe,
    );
  }

  /** Finished messages are kept for a while (not those from before `before`), and only so many. */
  prune(now: number, before = 0): void {
    const finished = "FROM alert_deliveries WHERE status <> 'pending'";
    this.#write(
      `DELETE ${finished} AND created_at < ?`,
      Math.max(before, now - limits.alert_kept_seconds.value * 1000),
    );
    this.#write(
      `DELETE ${finished} AND id < (SELECT id ${finished} ORDER BY id DESC LIMIT 1 OFFSET ?)`,
      limits.alert_deliveries.value,
    );
  }
}
