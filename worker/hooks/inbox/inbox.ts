import type { DeliveryId, RunId } from "#contract/ids";
import * as z from "zod";
import { migrateTables } from "../../platform/objects/object-migrations.ts";
import { defineUnmarked } from "../../platform/objects/stored-document.ts";
import { limits } from "#contract/limits";
import type { Clock } from "../../platform/clock.ts";
import { firstIdAt } from "../../platform/ids.ts";
import type { AdmitRefusal, AdmitReply, AdmitRequest } from "../../queue/queue-api.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";
import type {
  DeliverReply,
  DeliverRequest,
  DeliveryFilter,
  DeliveryRecord,
  InboxApi,
  ReceiptKey,
} from "./inbox-api.ts";
import type { ObjectPart, PartTools } from "../../platform/objects/object-part.ts";

const SWEEP_MS = 86_400_000;
/** Deliveries taken between two looks at how many there are. */
const TRIM_EVERY = 100;
/** Of those with a bad signature, how many a trigger may write down in a minute. */
const UNSIGNED_PER_MINUTE = 10;

type Row = Omit<DeliveryRecord, "headers" | "query" | "stored" | "body"> & {
  headers: string;
  query: string;
  stored: number;
  body: ArrayBuffer | null;
};

export interface InboxDeps extends PartTools {
  clock: Clock;
  /** The worker's queue, in the same storage: what it writes and what is written here become durable together. */
  admit: (request: AdmitRequest<RunSpec>) => AdmitReply;
  /** Removes a large body that lies beside the inbox. */
  deleteBody: (deliveryId: string) => Promise<void>;
}

/** The forms its tables have had; see migrateTables. */
const steps = [
  `CREATE TABLE IF NOT EXISTS deliveries (trigger_id TEXT NOT NULL, id TEXT NOT NULL, received_at INTEGER NOT NULL, verdict TEXT NOT NULL, reason TEXT, run_id TEXT, external_id TEXT, redelivery_of TEXT, method TEXT NOT NULL, content_type TEXT, ip TEXT, size_bytes INTEGER NOT NULL, headers TEXT NOT NULL, query TEXT NOT NULL, stored INTEGER NOT NULL, body BLOB, PRIMARY KEY (trigger_id, id)) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS receipts (trigger_id TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, run_id TEXT, delivery_id TEXT NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (trigger_id, key)) WITHOUT ROWID;`,
];

/**
 * What has come in for a worker from outside, and what became of it.
 *   deliveries(trigger_id, id, ...)                            every delivery of the last seven days, within bounds
 *   receipts(trigger_id, key, digest, run_id, delivery_id, expires_at)   how a repeat is known; outlives the delivery
 */
export class Inbox implements ObjectPart, InboxApi {
  readonly #deps: InboxDeps;
  #wakeAt: number | null = null;
  #sinceTrim = TRIM_EVERY;
  readonly #unsigned = new Map<string, { minute: number; kept: number; skipped: number }>();

  constructor(deps: InboxDeps) {
    this.#deps = deps;
    migrateTables(deps.sql, "inbox", steps);
    const [any] = deps.sql
      .exec("SELECT 1 FROM (SELECT id FROM deliveries UNION ALL SELECT key FROM receipts) LIMIT 1")
      .toArray();
    if (any) this.#wakeAt = nextSweep(deps.clock());
  }

  async deliver({ delivery, receipts, admit }: DeliverRequest): Promise<DeliverReply> {
    for (const receipt of receipts) {
      const known = this.#findReceipt(delivery.trigger_id, receipt.key);
      if (known) return this.#takeRepeat(delivery, receipt, known);
    }
    const reply = admit && delivery.verdict === "accepted" ? this.#deps.admit(admit) : null;
    if (reply && !("run_id" in reply)) {
      this.#put({ ...delivery, verdict: "refused", reason: describeRefusal(reply) });
      return { kind: "refused", reply };
    }
    const run_id = reply?.run_id ?? null;
    const reason =
      reply?.kind === "skipped"
        ? "the worker's concurrency rule skipped it: a run is there already"
        : delivery.reason;
    this.#put({ ...delivery, run_id, reason });
    // What could not be run may be sent again, and is judged again.
    if (delivery.verdict === "accepted")
      for (const receipt of receipts) this.#remember({ ...delivery, run_id }, receipt);
    return { kind: "taken", run_id, reply };
  }

  /** A repeat starts nothing and answers the first one's run. Its body is kept only if it is another one. */
  #takeRepeat(
    delivery: DeliveryRecord,
    receipt: ReceiptKey,
    known: { digest: string; run_id: RunId | null; delivery_id: DeliveryId },
  ): DeliverReply {
    const same = known.digest === receipt.digest;
    const reason = same
      ? `a repeat of ${known.delivery_id}${receipt.key.startsWith("signed:") ? ": the same signed body" : ""}`
      : `has the id of ${known.delivery_id} and another body; it was not run`;
    const body = same ? { body: null, stored: false } : {};
    if (same && delivery.stored) this.#deps.waitUntil(this.#deps.deleteBody(delivery.id));
    this.#put({ ...delivery, ...body, verdict: "duplicate", reason, run_id: known.run_id });
    return { kind: "duplicate", run_id: known.run_id, delivery_id: known.delivery_id };
  }

  async noteUnsigned(delivery: DeliveryRecord): Promise<void> {
    const skipped = this.#meetUnsigned(delivery);
    if (skipped === null) return;
    const more = skipped > 0 ? ` (and ${skipped} more before it that were not kept)` : "";
    this.#put({ ...delivery, reason: `${delivery.reason ?? ""}${more}` });
    this.#deps.write(
      `DELETE FROM deliveries WHERE trigger_id = ?1 AND id IN (
         SELECT id FROM deliveries WHERE trigger_id = ?1 AND verdict = 'bad_signature' ORDER BY id DESC LIMIT -1 OFFSET ?2)`,
      delivery.trigger_id,
      limits.inbox_unsigned_items.value,
    );
  }

  /** How many went unrecorded since the last one that was kept; null when this one is not kept either. */
  #meetUnsigned({ trigger_id, received_at }: DeliveryRecord): number | null {
    const minute = Math.floor(received_at / 60_000);
    const before = this.#unsigned.get(trigger_id);
    const seen =
      before?.minute === minute
        ? before
        : { minute, kept: this.#countUnsigned(trigger_id, minute * 60_000), skipped: before?.skipped ?? 0 };
    if (seen.kept >= UNSIGNED_PER_MINUTE) {
      this.#unsigned.set(trigger_id, { ...seen, skipped: seen.skipped + 1 });
      return null;
    }
    this.#unsigned.set(trigger_id, { minute, kept: seen.kept + 1, skipped: 0 });
    return seen.skipped;
  }

  /** How many with a bad signature have been written down since then, be it by an object that went away. */
  #countUnsigned(triggerId: string, since: number): number {
    const [row] = this.#deps.sql
      .exec<{ n: number }>(
        "SELECT count(*) AS n FROM deliveries WHERE trigger_id = ? AND id >= ? AND verdict = 'bad_signature'",
        triggerId,
        firstIdAt("dlv", since),
      )
      .toArray();
    return row?.n ?? 0;
  }

  #findReceipt(triggerId: string, key: string) {
    const [row] = this.#deps.sql
      .exec<{
        digest: string;
        run_id: RunId | null;
        delivery_id: DeliveryId;
      }>(
        "SELECT digest, run_id, delivery_id FROM receipts WHERE trigger_id = ? AND key = ? AND expires_at > ?",
        triggerId,
        key,
        this.#deps.clock(),
      )
      .toArray();
    return row;
  }

  #remember(delivery: DeliveryRecord, { key, digest, seconds }: ReceiptKey): void {
    this.#deps.write(
      "INSERT OR REPLACE INTO receipts (trigger_id, key, digest, run_id, delivery_id, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
      delivery.trigger_id,
      key,
      digest,
      delivery.run_id,
      delivery.id,
      this.#deps.clock() + seconds * 1000,
    );
  }

  #put(d: DeliveryRecord): void {
    this.#deps.write(
      "INSERT INTO deliveries (trigger_id, id, received_at, verdict, reason, run_id, external_id, redelivery_of, method, content_type, ip, size_bytes, headers, query, stored, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      d.trigger_id,
      d.id,
      d.received_at,
      d.verdict,
      d.reason,
      d.run_id,
      d.external_id,
      d.redelivery_of,
      d.method,
      d.content_type,
      d.ip,
      d.size_bytes,
      JSON.stringify(d.headers),
      JSON.stringify(d.query),
      d.stored ? 1 : 0,
      d.body === null ? null : toBuffer(d.body),
    );
    this.#wakeAt ??= nextSweep(this.#deps.clock());
    this.#deps.rearm();
    this.#sinceTrim += 1;
    if (this.#sinceTrim > TRIM_EVERY) this.#trim();
  }

  async listDeliveries(filter: DeliveryFilter): Promise<DeliveryRecord[]> {
    return this.#deps.sql
      .exec<Row>(
        `SELECT trigger_id, id, received_at, verdict, reason, run_id, external_id, redelivery_of, method, content_type, ip, size_bytes, headers, query, stored, NULL AS body
         FROM deliveries WHERE trigger_id = ? AND (? IS NULL OR verdict = ?) AND (? IS NULL OR id < ?) AND received_at >= ? AND received_at <= ?
         ORDER BY id ${filter.ascending ? "ASC" : "DESC"} LIMIT ?`,
        filter.triggerId,
        ...twice(filter.verdict),
        ...twice(filter.before),
        filter.since ?? 0,
        filter.until ?? Number.MAX_SAFE_INTEGER,
        filter.limit,
      )
      .toArray()
      .map(fromRow);
  }

  async findDelivery(triggerId: string, deliveryId: string): Promise<DeliveryRecord | null> {
    const [row] = this.#deps.sql
      .exec<Row>("SELECT * FROM deliveries WHERE trigger_id = ? AND id = ?", triggerId, deliveryId)
      .toArray();
    return row ? fromRow(row) : null;
  }

  /** Lets go of what came in before this; how a repeat is known has a time of its own. */
  forgetBefore(before: number): void {
    this.#drop("received_at < ?", before);
  }

  /** Deletes every large body that lies beside the inbox. */
  async deleteBodies(): Promise<void> {
    const large = this.#deps.sql.exec<{ id: string }>("SELECT id FROM deliveries WHERE stored = 1").toArray();
    for (const { id } of large) await this.#deps.deleteBody(id);
  }

  nextWake(): number | null {
    return this.#wakeAt;
  }

  async wake(now: number): Promise<void> {
    if (this.#wakeAt === null || now < this.#wakeAt) return;
    const oldest = now - limits.receipt_seconds.value * 1000;
    this.#drop("received_at < ?", oldest);
    this.#deps.write("DELETE FROM receipts WHERE expires_at <= ?", now);
    this.#trim();
    const [row] = this.#deps.sql
      .exec<{ n: number }>("SELECT (SELECT count(*) FROM deliveries) + (SELECT count(*) FROM receipts) AS n")
      .toArray();
    this.#wakeAt = (row?.n ?? 0) > 0 ? nextSweep(now) : null;
  }

  /** Keeps the inbox within its bounds: the oldest deliveries go first. Receipts stay. */
  #trim(): void {
    this.#sinceTrim = 0;
    const [edge] = this.#deps.sql
      .exec<{ id: string }>(
        `SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS place,
           sum(CASE WHEN stored = 1 THEN size_bytes ELSE coalesce(length(body), 0) END) OVER (ORDER BY id DESC) AS bytes FROM deliveries)
         WHERE place > ? OR bytes > ? ORDER BY id DESC LIMIT 1`,
        limits.inbox_items.value,
        limits.inbox_bytes.value,
      )
      .toArray();
    if (edge) this.#drop("id <= ?", edge.id);
  }

  #drop(condition: "received_at < ?" | "id <= ?", value: string | number): void {
    const large = this.#deps.sql
      .exec<{ id: string }>(`SELECT id FROM deliveries WHERE stored = 1 AND ${condition}`, value)
      .toArray();
    for (const { id } of large) this.#deps.waitUntil(this.#deps.deleteBody(id));
    this.#deps.write(`DELETE FROM deliveries WHERE ${condition}`, value);
  }
}

/** The same time whenever it is asked within a day, so that an object that comes and goes still gets to it. */
function nextSweep(now: number): number {
  return (Math.floor(now / SWEEP_MS) + 1) * SWEEP_MS;
}

function describeRefusal(reply: AdmitRefusal): string {
  return reply.kind === "full" ? `queue_full: ${reply.limit} runs wait already` : reply.kind;
}

function twice(value: string | undefined): [string | null, string | null] {
  return [value ?? null, value ?? null];
}

function toBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

const textsForm = defineUnmarked("headers or query of a delivery", z.record(z.string(), z.string()));

function fromRow(row: Row): DeliveryRecord {
  return {
    ...row,
    headers: textsForm.readText(row.headers),
    query: textsForm.readText(row.query),
    stored: row.stored === 1,
    body: row.body === null ? null : new Uint8Array(row.body),
  };
}
