import { DurableObject } from "cloudflare:workers";
import { openObjectHost } from "../compose/host.ts";
import { capacityDeps } from "../compose/object-deps.ts";
import type { EdgeEnv } from "../env.ts";
import { systemClock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import type { RoomClaim, RoomVerdict } from "../runs/ports/room.ts";
import type { CapacityApi } from "../sandboxes/capacity-api.ts";
import { createLineTable } from "../sandboxes/line-table.ts";
import { RoomKeeper } from "../sandboxes/room-keeper.ts";

/** When everything is tried again after a wake-up failed. */
const FAILED_WAKE_MS = 60_000;

/** One for all: the shell around RoomKeeper, which is asked before every sandbox. Owns the line and its alarm. */
export class CapacityObject extends DurableObject<EdgeEnv> implements CapacityApi {
  readonly #keeper: RoomKeeper;
  /** Rows written and not yet reported with a release. */
  #rows = 0;
  #alarmAt: number | null = null;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const table = createLineTable({
      sql: ctx.storage.sql,
      write: (query, ...values) => {
        const cursor = ctx.storage.sql.exec(query, ...values);
        cursor.toArray();
        this.#rows += cursor.rowsWritten;
      },
    });
    this.#keeper = new RoomKeeper(table, {
      ...capacityDeps(openObjectHost(env)),
      armWake: (at) => this.#arm(at),
      waitUntil: (work) => ctx.waitUntil(work),
    });
    void ctx.blockConcurrencyWhile(() => this.#recallAlarm());
  }

  /** An alarm that is missing or past due is set again: those in line must not hang on one lost alarm. */
  async #recallAlarm(): Promise<void> {
    this.#alarmAt = await this.ctx.storage.getAlarm();
    const wake = this.#keeper.wakeAt();
    if (wake !== null && (this.#alarmAt === null || this.#alarmAt <= systemClock())) this.#arm(wake);
  }

  #arm(at: number): void {
    const now = systemClock();
    if (this.#alarmAt !== null && this.#alarmAt <= at && this.#alarmAt > now) return;
    this.#alarmAt = Math.max(at, now);
    this.#rows += 1;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(this.#alarmAt));
  }

  async claim(asked: RoomClaim): Promise<RoomVerdict> {
    return this.#keeper.claim(asked);
  }

  async turnedAway(asked: RoomClaim, retryAfterMs: number | null): Promise<RoomVerdict> {
    return this.#keeper.turnedAway(asked, retryAfterMs);
  }

  async release(runId: string): Promise<number> {
    this.#keeper.release(runId);
    const rows = this.#rows;
    this.#rows = 0;
    return rows;
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    try {
      this.#keeper.wake();
    } catch (error) {
      // After some failures the platform would wake the object no more.
      log("error", "capacity.wake_failed", { error: describeError(error) });
      this.#arm(systemClock() + FAILED_WAKE_MS);
    }
  }
}
