import { callDocument } from "../record/run-replies.ts";
import type { CallRecord, CallReply, CallWish } from "../record/run-replies.ts";
import type { RowMeter } from "../record/run-storage.ts";

const PREFIX = "call:";

/**
 * A run's calls, in entries `call:<key>` of its object's storage. The child's id is written here before the child is
 * admitted, so that a repeat of the call, from a later attempt too, finds the same child.
 */
export class ChildCalls {
  readonly #kv: SyncKvStorage;
  readonly #meter: RowMeter;

  constructor(kv: SyncKvStorage, meter: RowMeter) {
    this.#kv = kv;
    this.#meter = meter;
  }

  find(key: string): CallRecord | null {
    const stored = this.#kv.get(PREFIX + key);
    return stored === undefined ? null : callDocument.read(stored);
  }

  /** All calls, in the order they were made. */
  list(): CallRecord[] {
    return [...this.#kv.list({ prefix: PREFIX })]
      .map(([, stored]) => callDocument.read(stored))
      .sort((a, b) => a.seq - b.seq);
  }

  /**
   * Takes a call down under its key, or says what is there already. The child that `replaces` names makes room for the new
   * one once: whoever asks later finds the new one.
   */
  reserve({ replaces, most, ...wish }: CallWish): CallReply {
    const known = this.find(wish.key);
    if (!known) return this.#add(wish, most);
    if (known.digest !== wish.digest) return { kind: "conflict" };
    const kept = joinCalls(known, { ...wish, replaces, most });
    if (kept !== known) this.#put(kept);
    return { kind: "kept", call: kept };
  }

  #add(wish: Omit<CallWish, "replaces" | "most">, most: number): CallReply {
    const seq = [...this.#kv.list({ prefix: PREFIX })].length + 1;
    if (seq > most) return { kind: "full" };
    const call = { ...wish, seq, earlier: [] };
    this.#put(call);
    return { kind: "kept", call };
  }

  #put(call: CallRecord): void {
    this.#kv.put(PREFIX + call.key, callDocument.write(call));
    this.#meter.rows += 1;
  }
}

/** What stands under a key once it was wished for again. Pure. */
function joinCalls(known: CallRecord, { run_id, attempt, replaces }: CallWish): CallRecord {
  if (replaces === known.run_id)
    return { ...known, run_id, attempt, earlier: [...known.earlier, known.run_id] };
  // A child that an earlier attempt has only reserved is this attempt's, which has it started.
  return attempt > known.attempt ? { ...known, attempt } : known;
}
