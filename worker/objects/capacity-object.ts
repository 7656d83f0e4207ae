import { DurableObject } from "cloudflare:workers";
import { openObjectHost } from "../compose/host.ts";
import { capacityDeps } from "../compose/object-deps.ts";
import type { EdgeEnv } from "../env.ts";
import { guardTables } from "../platform/objects/carriers.ts";
import { WakeUp } from "../platform/objects/wake-up.ts";
import type { RestingSandbox, RoomClaim, RoomVerdict } from "../runs/ports/room.ts";
import type { CapacityApi } from "../sandboxes/capacity-api.ts";
import { createLineTable } from "../sandboxes/line-table.ts";
import { RoomKeeper } from "../sandboxes/room-keeper.ts";

/** When everything is tried again after a wake-up failed. */
const FAILED_WAKE_MS = 60_000;

/** One for all: the shell around RoomKeeper, which is asked before every sandbox. Owns the line and its alarm. */
export class CapacityObject extends DurableObject<EdgeEnv> implements CapacityApi {
  readonly #keeper: RoomKeeper;
  readonly #wakeUp: WakeUp;
  /** Rows written and not yet reported with a release. */
  #rows = 0;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const host = openObjectHost(env);
    const sql = guardTables(ctx.storage.sql);
    const table = createLineTable({
      sql,
      write: (query, ...values) => {
        const cursor = sql.exec(query, ...values);
        cursor.toArray();
        this.#rows += cursor.rowsWritten;
      },
    });
    this.#wakeUp = new WakeUp(ctx, {
      clock: host.clock,
      wish: () => this.#keeper.wakeAt(),
      retryMs: FAILED_WAKE_MS,
      failedEvent: "capacity.wake_failed",
      countRow: () => {
        this.#rows += 1;
      },
    });
    this.#keeper = new RoomKeeper(table, {
      ...capacityDeps(host),
      armWake: (at) => this.#wakeUp.arm(at),
      waitUntil: (work) => ctx.waitUntil(work),
    });
    this.#wakeUp.recall();
  }

  async claim(asked: RoomClaim): Promise<RoomVerdict> {
    return this.#keeper.claim(asked);
  }

  async turnedAway(asked: RoomClaim, retryAfterMs: number | null): Promise<RoomVerdict> {
    return this.#keeper.turnedAway(asked, retryAfterMs);
  }

  async keep(resting: RestingSandbox, runId: string): Promise<boolean> {
    return this.#keeper.keep(resting, runId);
  }

  async release(runId: string): Promise<number> {
    this.#keeper.release(runId);
    const rows = this.#rows;
    this.#rows = 0;
    return rows;
  }

  override async alarm(): Promise<void> {
    await this.#wakeUp.answer(async () => this.#keeper.wake());
  }
}
