import { DurableObject } from "cloudflare:workers";
import type { AuditHead, AuditLink, ChainPlace } from "#contract/audit/chain";
import type { AuditChainApi, JudgedPart } from "../audit/chain/chain-api.ts";
import { Watcher } from "../anomalies/watcher.ts";
import type { Anomaly } from "../anomalies/find-anomalies.ts";
import type { WatchApi } from "../anomalies/watch-api.ts";
import { actOnAnomaly } from "../anomalies/service.ts";
import { actingDeps } from "../compose/trust/anomaly-deps.ts";
import { ChainKeeper } from "../audit/chain/chain-keeper.ts";
import type { AuditRow } from "../audit/describe-call.ts";
import { chainDeps } from "../compose/guard-deps.ts";
import { openObjectHost } from "../compose/host.ts";
import type { EdgeEnv } from "../env.ts";
import type { Clock } from "../platform/clock.ts";
import { guardTables } from "../platform/objects/carriers.ts";
import { earliestWake } from "../platform/objects/object-part.ts";
import { WakeUp } from "../platform/objects/wake-up.ts";

/** When everything is tried again after a wake-up failed. */
const FAILED_WAKE_MS = 60_000;

/**
 * One per workspace: the shell around the ChainKeeper of its record of changes, and the Watcher that looks at what is appended.
 * Owns its database and its alarm.
 */
export class AuditObject extends DurableObject<EdgeEnv> implements AuditChainApi, WatchApi {
  readonly #keeper: ChainKeeper;
  readonly #watcher: Watcher;
  readonly #clock: Clock;
  readonly #wakeUp: WakeUp;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const host = openObjectHost(env);
    this.#clock = host.clock;
    const shared = { sql: guardTables(ctx.storage.sql), rearm: () => this.#wakeUp.rearm() };
    this.#keeper = new ChainKeeper({
      ...chainDeps(host),
      ...shared,
      atomically: (act) => ctx.storage.transactionSync(act),
      observe: (row) => this.#watcher.observe(row),
    });
    this.#watcher = new Watcher({
      ...shared,
      clock: host.clock,
      act: (anomaly) =>
        actOnAnomaly(
          actingDeps(host, (row) => this.#keeper.append(row)),
          anomaly,
        ),
    });
    this.#wakeUp = new WakeUp(ctx, {
      clock: host.clock,
      wish: () => earliestWake([this.#keeper, this.#watcher]),
      retryMs: FAILED_WAKE_MS,
      failedEvent: "audit.wake_failed",
    });
    this.#wakeUp.recall();
  }

  async append(row: AuditRow): Promise<void> {
    await this.#keeper.append(row);
    await this.#watcher.settle();
  }

  async appendAll(rows: readonly AuditRow[]): Promise<void> {
    await this.#keeper.appendAll(rows);
    await this.#watcher.settle();
  }

  async raise(anomaly: Anomaly): Promise<void> {
    await this.#watcher.raise(anomaly);
  }

  async judge(workspaceId: string, from: ChainPlace | null): Promise<JudgedPart> {
    return this.#keeper.judge(workspaceId, from);
  }

  async read(afterSeq: number): Promise<AuditLink[]> {
    return this.#keeper.read(afterSeq);
  }

  async sign(workspaceId: string): Promise<AuditHead> {
    return this.#keeper.sign(workspaceId);
  }

  async trim(workspaceId: string, before: number): Promise<void> {
    await this.#keeper.trim(workspaceId, before);
  }

  async erase(): Promise<void> {
    await this.#wakeUp.disarm();
    await this.ctx.storage.deleteAll();
    this.#keeper.forget();
    this.#watcher.forget();
  }

  override async alarm(): Promise<void> {
    await this.#wakeUp.answer(async () => {
      await this.#keeper.wake(this.#clock());
      await this.#watcher.wake(this.#clock());
      this.#wakeUp.rearm();
    });
  }
}
