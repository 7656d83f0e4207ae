import * as z from "zod";
import type { Clock } from "../../platform/clock.ts";
import { defineUnmarked } from "../../platform/objects/stored-document.ts";
import type { CheckResult, ConnectionTarget } from "../connection-api.ts";
import type { ShelfKv } from "../tool-shelf.ts";

/** How often a connection that is in use is looked at by itself. */
const LOOK_EVERY_MS = 6 * 3_600_000;
/** How soon it is looked at again when it did not answer: a server that is away for a moment is nobody's business. */
const LOOK_AGAIN_MS = 15 * 60_000;
/** So long after its last use nobody looks any more, until it is used again. */
const UNUSED_MS = 14 * 24 * 3_600_000;
/** A use is written down when the one before it is so old: a row an hour, not one a call. */
const USE_STEP_MS = 3_600_000;
/** So many looks in a row have to fail before people are told that a server does not answer. */
const LOOKS_BEFORE_TOLD = 2;

const WATCH = "watch";
const watchSchema = z.object({
  id: z.string(),
  workspace_id: z.string(),
  used_at: z.number(),
  next_at: z.number(),
  /** Looks in a row that have failed. */
  failed_looks: z.int(),
  /** Since when it fails, where people were told of that; null where they were not. */
  told_since: z.number().nullable(),
});
type Watch = z.infer<typeof watchSchema>;
const watchForm = defineUnmarked("watch over a connection", watchSchema);

/** A connection that does not work, and since when: the same failing is told once. */
export interface Failing {
  reason: string;
  since: number;
}

export interface HealthWatchDeps {
  kv: ShelfKv;
  clock: Clock;
  /** Sets the object's alarm. */
  rearm: () => void;
  /** The connection as it is set now; null where it is gone or switched off. */
  find: (of: { id: string; workspace_id: string }) => Promise<ConnectionTarget | null>;
  check: (target: ConnectionTarget) => Promise<CheckResult>;
  /** Has those told whose workers declare the connection. */
  tellFailing: (target: ConnectionTarget, failing: Failing) => Promise<void>;
}

/** Looks at a connection that is used, so that people hear of a sign-in that has ended before a run does. */
export class HealthWatch {
  readonly #deps: HealthWatchDeps;

  constructor(deps: HealthWatchDeps) {
    this.#deps = deps;
  }

  /** When it is to be looked at next, epoch milliseconds; null where nobody has used it for long. */
  wakeAt(): number | null {
    return this.#load()?.next_at ?? null;
  }

  /** Somebody has called over it, or tested it. */
  noteUse({ id, workspace_id }: ConnectionTarget): void {
    const now = this.#deps.clock();
    const known = this.#load();
    if (known !== null && now - known.used_at < USE_STEP_MS) return;
    const fresh = { id, workspace_id, next_at: now + LOOK_EVERY_MS, failed_looks: 0, told_since: null };
    this.#save({ ...(known ?? fresh), used_at: now });
    this.#deps.rearm();
  }

  /** Does the look that is due. When the next one is due is written down before, so that one that fails is not lost. */
  async wake(): Promise<void> {
    const watch = this.#load();
    const now = this.#deps.clock();
    if (watch === null || watch.next_at > now) return;
    if (now - watch.used_at > UNUSED_MS) return this.#forget();
    this.#save({ ...watch, next_at: now + LOOK_AGAIN_MS });
    const target = await this.#deps.find(watch);
    if (target === null) return this.#forget();
    const result = await this.#deps.check(target);
    this.#save(await this.#judge(this.#load() ?? watch, { target, result, now }));
  }

  async #judge(
    watch: Watch,
    { target, result, now }: { target: ConnectionTarget; result: CheckResult; now: number },
  ): Promise<Watch> {
    const waitsForFirst = result.needs_sign_in && result.status !== "expired";
    if (result.status === "valid" || waitsForFirst)
      return { ...watch, next_at: now + LOOK_EVERY_MS, failed_looks: 0, told_since: null };
    const failed_looks = watch.failed_looks + 1;
    const isCertain = result.status === "expired" || failed_looks >= LOOKS_BEFORE_TOLD;
    if (!isCertain) return { ...watch, failed_looks, next_at: now + LOOK_AGAIN_MS };
    const since = watch.told_since ?? now;
    if (watch.told_since === null) await this.#deps.tellFailing(target, { reason: result.reason, since });
    return { ...watch, failed_looks, told_since: since, next_at: now + LOOK_EVERY_MS };
  }

  #load(): Watch | null {
    const stored = this.#deps.kv.get(WATCH);
    return stored === undefined ? null : watchForm.read(stored);
  }

  #save(watch: Watch): void {
    this.#deps.kv.put(WATCH, watch);
  }

  #forget(): void {
    this.#deps.kv.delete(WATCH);
  }
}
