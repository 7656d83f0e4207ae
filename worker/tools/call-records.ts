import * as z from "zod";
import { toolEffectSchema } from "#contract/trust/tiers";
import type { ToolAnswer } from "./gate-api.ts";
import { defineDocument, defineUnmarked, storedJsonSchema } from "../platform/objects/stored-document.ts";

const answerSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), content: storedJsonSchema, more: z.literal(true).exactOptional() }),
  z.object({
    ok: z.literal(false),
    code: z.string(),
    message: z.string(),
    retryable: z.boolean(),
    sent: z.boolean(),
    content: storedJsonSchema.exactOptional(),
  }),
]);

const callRecordSchema = z.object({
  call_id: z.string(),
  /** Counts the calls of an attempt, from 1. */
  number: z.int(),
  tool: z.string(),
  /** Hex SHA-256 of tool and arguments, as they were asked for. */
  digest: z.string(),
  source: z.string(),
  effect: toolEffectSchema,
  method: z.string().nullable(),
  arguments: storedJsonSchema,
  /** The request as it is, or would be, made; null where it came to none. */
  request: storedJsonSchema.nullable(),
  /** The secrets that it takes, by name, each with the hosts it goes to. */
  credentials: z.array(z.object({ name: z.string(), hosts: z.array(z.string()).readonly() })).readonly(),
  /**
   * `judged`: it may be made, and nothing was sent. `held`: a person is asked. `executing`: something may have been sent.
   * `answered` and `denied` are the end.
   */
  state: z.enum(["judged", "held", "executing", "answered", "denied"]),
  /** The rule that had it held. */
  rule: z.string().nullable(),
  reason: z.string().nullable(),
  approval_id: z.string().nullable(),
  /** The approver has changed its arguments. */
  edited: z.boolean(),
  /** What the approver said with it. */
  comment: z.string().nullable().default(null),
  code: z.string().nullable(),
  message: z.string().nullable(),
  answer: answerSchema.nullable(),
  started_at: z.number(),
  /** When something was sent; null while nothing was. */
  sent_at: z.number().nullable(),
  ended_at: z.number().nullable(),
  /** Its outcome is on the record of changes. */
  told: z.boolean(),
});
/** One call as the gate has it on record. */
export type CallRecord = z.infer<typeof callRecordSchema>;

const callRecordDocument = defineDocument<CallRecord>("call through the gate", callRecordSchema);
const taintForm = defineUnmarked("taint of an attempt", z.boolean());

const CALL_PREFIX = "gate:call:";
const TAINT_KEY = "gate:tainted";

/** What the gate asks of the storage of an attempt's object. */
export type GateEntries = Pick<SyncKvStorage, "get" | "put" | "list">;

/** The calls of one attempt, by the ids that their askers gave them. */
export class CallRecords {
  readonly #kv: GateEntries;

  constructor(kv: GateEntries) {
    this.#kv = kv;
  }

  find(callId: string): CallRecord | null {
    const stored = this.#kv.get(CALL_PREFIX + callId);
    return stored === undefined ? null : callRecordDocument.read(stored);
  }

  save(record: CallRecord): CallRecord {
    this.#kv.put(CALL_PREFIX + record.call_id, callRecordDocument.write(record));
    return record;
  }

  /** In the order in which they were asked for. */
  list(): CallRecord[] {
    const all = [...this.#kv.list({ prefix: CALL_PREFIX })].map(([, stored]) =>
      callRecordDocument.read(stored),
    );
    return all.toSorted((a, b) => a.number - b.number);
  }

  /** The highest number that a call has; 0 where there is none. */
  lastNumber(): number {
    return this.list().at(-1)?.number ?? 0;
  }

  /** When calls of a tool were sent, epoch milliseconds. */
  sentTimes(tool: string): number[] {
    return this.list().flatMap((record) =>
      record.tool === tool && record.sent_at !== null ? [record.sent_at] : [],
    );
  }

  /** What the newest call of this digest was answered, which was no answer of a dry run; null where there is none. */
  findAnswer(digest: string): ToolAnswer | null {
    const known = this.list().findLast(
      (record) => record.digest === digest && record.answer !== null && record.code !== "dry_run",
    );
    return known?.answer ?? null;
  }

  get isTainted(): boolean {
    const stored = this.#kv.get(TAINT_KEY);
    return stored !== undefined && taintForm.read(stored);
  }

  taint(): void {
    if (!this.isTainted) this.#kv.put(TAINT_KEY, true);
  }
}
