import type { QueueEntry, QueueRule } from "../../worker/queue/admission.ts";
import type { QueuedRun } from "../../worker/queue/queue-api.ts";
import type { KnownKey, Pause, QueueTable } from "../../worker/queue/queue-table.ts";

interface Stored {
  entry: QueueEntry;
  run: QueuedRun;
}

/** What survives a crash of a worker's object: the same facts as its tables, in memory so that histories are cheap. */
export class MemoryQueueTable {
  readonly #rows = new Map<number, Stored>();
  readonly #refusals = new Map<string, number>();
  #pauses: Pause[] = [];
  readonly #keys = new Map<string, KnownKey>();
  paused = false;
  throttled = false;
  active: QueueRule | null = null;
  toldUpTo = 0;
  /** Called when an entry that waited gets a place. */
  onStarted: (seq: number) => void = () => {};

  /** The table as one life of the object sees it: when that life is over, it writes nothing any more. */
  open(isAlive: () => boolean): QueueTable<QueuedRun> {
    const write = (change: () => void) => {
      if (!isAlive()) throw new Error("the object is gone");
      change();
    };
    const change = (seq: number, part: Partial<QueueEntry>) => {
      const row = this.#rows.get(seq);
      if (row) this.#rows.set(seq, { ...row, entry: { ...row.entry, ...part } });
    };
    return {
      load: () => ({
        entries: this.entries(),
        active: this.active,
        toldUpTo: this.toldUpTo,
        refusals: new Map(this.#refusals),
        paused: this.paused,
        throttled: this.throttled,
      }),
      insert: (entry, run, idempotency) =>
        write(() => {
          this.#rows.set(entry.seq, { entry, run });
          if (idempotency) this.#keys.set(idempotency.name, idempotency.known);
        }),
      markStarted: (seq, placed_at) =>
        write(() => {
          change(seq, { started: true, placed_at });
          this.onStarted(seq);
        }),
      markSuperseded: (seq) => write(() => change(seq, { superseded: true })),
      remove: ({ seq }) => write(() => void this.#rows.delete(seq)),
      findRun: (seq) => this.#rows.get(seq)?.run,
      findKey: (key) => {
        const known = this.#keys.get(key);
        const isThere = this.entries().some(({ run_id }) => run_id === known?.run_id);
        return known && isThere ? { ...known, expires_at: Infinity } : known;
      },
      putKey: (key, known) => write(() => void this.#keys.set(key, known)),
      forgetKeys: (expiredAt) =>
        write(() => {
          for (const [key, known] of this.#keys) if (known.expires_at <= expiredAt) this.#keys.delete(key);
        }),
      pauses: () => this.#pauses.map((pause) => ({ ...pause })),
      beginPause: (since) => write(() => void this.#pauses.push({ since, until: null })),
      endPause: (until, oldest) =>
        write(() => {
          for (const pause of this.#pauses) pause.until ??= until;
          this.#pauses = this.#pauses.filter((pause) => (pause.until ?? Infinity) > oldest);
        }),
      setPaused: (paused) => write(() => (this.paused = paused)),
      setThrottled: (throttled) => write(() => (this.throttled = throttled)),
      noteRefusals: (runId, refusals) => write(() => void this.#refusals.set(runId, refusals)),
      setToldUpTo: (seq) => write(() => (this.toldUpTo = seq)),
      setActive: (rule) => write(() => (this.active = rule)),
    };
  }

  /** What is on the record now, oldest first. */
  entries(): QueueEntry[] {
    return [...this.#rows.values()].map(({ entry }) => entry);
  }
}
