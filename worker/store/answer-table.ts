import { limits } from "#contract/limits";
import type { PartTools } from "../platform/objects/object-part.ts";
import { storeFull } from "./judge-write.ts";
import { requireSame } from "./run-table.ts";
import { answeredDocument } from "./staged-write.ts";
import type { Answered } from "./staged-write.ts";
import type { Once } from "./store-api.ts";

type SqlRow = Record<string, SqlStorageValue>;
const EMPTY: Remembered = { count: 0, first: null };
const KEPT_MS = limits.idempotency_seconds.value * 1000;

/** How many there are, and when the first of them is forgotten, epoch milliseconds. */
interface Remembered {
  count: number;
  first: number | null;
}

/** How writes with an idempotency key were answered, for as long as such a key is remembered. */
export class AnswerTable {
  readonly #tools: Pick<PartTools, "sql" | "write">;
  /** Counted once in an object's life: both would be a look at all of them with each write. */
  #known: Remembered | null = null;

  constructor(tools: Pick<PartTools, "sql" | "write">) {
    this.#tools = tools;
  }

  /** Null for a key that is new. Throws `idempotency_conflict` for one that was used for something else. */
  find(once: Once, now: number): Answered | null {
    const query = "SELECT digest, answer FROM _floom_answers WHERE once = ? AND until > ?";
    const [row] = this.#tools.sql.exec<{ digest: string; answer: string }>(query, once.key, now).toArray();
    if (row === undefined) return null;
    requireSame(row.digest, once);
    return answeredDocument.readText(row.answer);
  }

  /** Throws `store_full` when too many are remembered already. */
  put(once: Once, answered: Answered, now: number): void {
    const { count, first } = this.#remembered();
    if (count >= limits.store_remembered.value) throw storeFull("store_remembered");
    this.#tools.write(
      "INSERT OR REPLACE INTO _floom_answers (once, digest, answer, until) VALUES (?, ?, ?, ?)",
      once.key,
      once.digest,
      JSON.stringify(answeredDocument.write(answered)),
      now + KEPT_MS,
    );
    this.#known = { count: count + 1, first: first ?? now + KEPT_MS };
  }

  sweep(now: number): void {
    this.#tools.write("DELETE FROM _floom_answers WHERE until <= ?", now);
    this.#known = null;
  }

  /** When the first of them is forgotten, epoch milliseconds; null for none. */
  nextSweep(): number | null {
    return this.#remembered().first;
  }

  /** After a change was taken back, or all was deleted. */
  forgetCount(): void {
    this.#known = null;
  }

  #remembered(): Remembered {
    const query = "SELECT count(*) AS count, min(until) AS first FROM _floom_answers";
    return (this.#known ??= this.#tools.sql.exec<Remembered & SqlRow>(query).toArray()[0] ?? EMPTY);
  }
}
