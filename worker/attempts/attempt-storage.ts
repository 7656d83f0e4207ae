import * as z from "zod";
import { attemptContextSchema } from "../runs/lifecycle/run-state.ts";
import { runSpecDocument } from "../runs/spec/run-spec.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import { defineDocument, defineUnmarked } from "../platform/objects/stored-document.ts";
import type { AttemptOrder } from "./attempt-api.ts";

const headSchema = z.object({
  /** The number of the try that the attempt is of. */
  launch: z.int(),
  /** `bound`: it has not begun. `told`: its result is in the journal. `stopped`: nothing of it happens any more. */
  phase: z.enum(["bound", "running", "told", "stopped"]),
  /** When it wants to go on, epoch milliseconds. */
  next_at: z.number(),
  /** Steps in a row that came to nothing through our own fault. */
  failures: z.int(),
  /** Bytes of the journal. */
  size: z.int(),
});
export type AttemptHead = z.infer<typeof headSchema>;
const headDocument = defineDocument<AttemptHead>("attempt of the edge", headSchema);

const orderDocument = defineDocument<AttemptOrder>(
  "order for an attempt of the edge",
  z.object({
    spec: z.unknown().transform((stored): RunSpec => runSpecDocument.read(stored)),
    attempt: z.int(),
    contexts: z.array(attemptContextSchema).readonly(),
  }),
);

const sandboxForm = defineUnmarked("sandbox of an attempt", z.boolean());
const partForm = defineUnmarked("part of an attempt's journal", z.string());

/** What an attempt asks of its object's storage. */
export type AttemptEntries = Pick<SyncKvStorage, "get" | "put" | "list">;

const HEAD_KEY = "attempt";
const ORDER_KEY = "order";
const SANDBOX_KEY = "sandbox";
const JOURNAL_PREFIX = "journal:";

function journalKey(offset: number): string {
  return `${JOURNAL_PREFIX}${String(offset).padStart(12, "0")}`;
}

/**
 * What an attempt of the edge remembers:
 *   attempt           where it stands
 *   order             what it is to carry out
 *   sandbox           that it may have one, which has to go with it
 *   journal:<offset>  what it has told, as lines of a runner's journal, by where they begin
 * What its program remembers has keys of its own.
 */
export class AttemptStorage {
  readonly #kv: AttemptEntries;

  constructor(kv: AttemptEntries) {
    this.#kv = kv;
  }

  load(): AttemptHead | null {
    const stored = this.#kv.get(HEAD_KEY);
    return stored === undefined ? null : headDocument.read(stored);
  }

  save(head: AttemptHead): void {
    this.#kv.put(HEAD_KEY, headDocument.write(head));
  }

  order(): AttemptOrder | null {
    const stored = this.#kv.get(ORDER_KEY);
    return stored === undefined ? null : orderDocument.read(stored);
  }

  keepOrder(order: AttemptOrder): void {
    this.#kv.put(ORDER_KEY, orderDocument.write({ ...order, spec: runSpecDocument.write(order.spec) }));
  }

  /** Whether it may have a sandbox. */
  get hasSandbox(): boolean {
    const stored = this.#kv.get(SANDBOX_KEY);
    return stored !== undefined && sandboxForm.read(stored);
  }

  noteSandbox(): void {
    if (!this.hasSandbox) this.#kv.put(SANDBOX_KEY, true);
  }

  /** Appends lines to the journal of so many bytes; answers how many it has then. */
  append(size: number, lines: string): number {
    if (lines === "") return size;
    this.#kv.put(journalKey(size), lines);
    return size + encoder.encode(lines).byteLength;
  }

  /** The journal from an offset on, at most so many bytes, or one part where that is larger. */
  read(offset: number, maxBytes: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for (const [start, part] of this.#partsFrom(offset)) {
      const wanted = part.subarray(Math.max(0, offset - start));
      if (bytes + wanted.byteLength > maxBytes) {
        parts.push(wanted.subarray(0, maxBytes - bytes));
        break;
      }
      parts.push(wanted);
      bytes += wanted.byteLength;
    }
    return joinBytes(parts);
  }

  *#partsFrom(offset: number): Iterable<[start: number, bytes: Uint8Array]> {
    const [before] = this.#kv.list({
      prefix: JOURNAL_PREFIX,
      end: journalKey(offset + 1),
      reverse: true,
      limit: 1,
    });
    const start = before === undefined ? journalKey(0) : before[0];
    for (const [key, stored] of this.#kv.list({ prefix: JOURNAL_PREFIX, start }))
      yield [Number(key.slice(JOURNAL_PREFIX.length)), encoder.encode(partForm.read(stored))];
  }
}

const encoder = new TextEncoder();

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}
