import { limits } from "#contract/limits";
import { callDocument } from "../record/run-replies.ts";
import type { CallRecord, CallReply } from "../record/run-replies.ts";
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

  /** Takes a call down under its key, or says what is there already. */
  reserve(call: Omit<CallRecord, "seq">): CallReply {
    const known = this.find(call.key);
    if (known)
      return known.digest === call.digest ? { kind: "known", run_id: known.run_id } : { kind: "conflict" };

    const seq = [...this.#kv.list({ prefix: PREFIX })].length + 1;
    if (seq > limits.calls_per_run.value) return { kind: "full" };
    this.#kv.put(PREFIX + call.key, callDocument.write({ ...call, seq }));
    this.#meter.rows += 1;
    return { kind: "reserved", run_id: call.run_id };
  }
}
