import { limits } from "#contract/limits";
import type { AuditRow } from "../audit/describe-call.ts";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import { findAnomalies } from "./find-anomalies.ts";
import type { Anomaly } from "./find-anomalies.ts";
import { readWatchedCall } from "./watched-call.ts";
import { WatchTable } from "./watch-table.ts";

export interface WatcherDeps {
  sql: SqlStorage;
  clock: Clock;
  /** To be called whenever `nextWake` may have become earlier. */
  rearm: () => void;
  /** Does what is to be done about an anomaly. Repeatable. */
  act: (anomaly: Anomaly) => Promise<void>;
}

const AGAIN_MS = 60_000;
const ACTED_AT_ONCE = 20;

/**
 * Looks at what is appended to a workspace's chain. What it finds is kept in the same write as the entry that showed it, and
 * acted on before whoever told of it goes on; where that fails, again a minute later, and nobody is held up.
 */
export class Watcher {
  readonly #deps: WatcherDeps;
  #opened: WatchTable | undefined;
  #acting: Promise<void> | null = null;
  #failedAt: number | null = null;

  constructor(deps: WatcherDeps) {
    this.#deps = deps;
  }

  /** Made when it is first needed: a workspace whose workers call nothing has no table for it. */
  get #table(): WatchTable {
    return (this.#opened ??= new WatchTable(this.#deps.sql));
  }

  /** Looks at an entry that is being appended. No await in here: it lasts together with the entry. */
  observe(row: AuditRow): void {
    const call = readWatchedCall(row);
    if (call === null) return;
    const of = { workerId: call.worker.id, tool: call.tool };
    const known = this.#table.baseline(of.workerId, of.tool);
    const { anomalies, baseline } = findAnomalies(call, known);
    this.#table.learn(of, known, baseline);
    for (const anomaly of anomalies) this.#keep(anomaly);
  }

  /** Takes an anomaly that somebody else has found. */
  async raise(anomaly: Anomaly): Promise<void> {
    this.#keep(anomaly);
    await this.settle();
  }

  #keep(anomaly: Anomaly): void {
    const quietMs = limits.anomaly_quiet_seconds.value * 1000;
    this.#table.keep(anomaly, { now: this.#deps.clock(), quietMs });
  }

  /** Acts on what waits; one after the other, and whoever else asks waits with it. */
  async settle(): Promise<void> {
    if (!this.#isOwed()) return;
    this.#acting ??= this.#actOnAll().finally(() => {
      this.#acting = null;
      this.#deps.rearm();
    });
    await this.#acting;
  }

  #isOwed(): boolean {
    if (this.#opened === undefined && !WatchTable.isIn(this.#deps.sql)) return false;
    return this.#table.waiting(1).length > 0;
  }

  async #actOnAll(): Promise<void> {
    try {
      while (this.#isOwed()) {
        for (const { number, anomaly } of this.#table.waiting(ACTED_AT_ONCE)) {
          await this.#deps.act(anomaly);
          this.#table.done(number);
        }
      }
      this.#failedAt = null;
    } catch (error) {
      log("warn", "anomaly.not_acted_on", { error: describeError(error) });
      this.#failedAt = this.#deps.clock();
    }
  }

  /** Its storage is empty. */
  forget(): void {
    this.#opened = undefined;
    this.#failedAt = null;
  }

  nextWake(): number | null {
    if (!this.#isOwed()) return null;
    return this.#failedAt === null ? this.#deps.clock() : this.#failedAt + AGAIN_MS;
  }

  async wake(now: number): Promise<void> {
    if ((this.nextWake() ?? Infinity) <= now) await this.settle();
  }
}
