import { earliestWake, wakeParts } from "../../../worker/platform/objects/object-part.ts";
import type { PartTools } from "../../../worker/platform/objects/object-part.ts";
import type { QueueEntry, QueueRule } from "../../../worker/queue/admission.ts";
import { createQueueTable } from "../../../worker/queue/queue-table.ts";
import type { QueueTable } from "../../../worker/queue/queue-table.ts";
import { RunQueue } from "../../../worker/queue/run-queue.ts";
import type { RunQueueDeps } from "../../../worker/queue/run-queue.ts";
import { runSpecDocument } from "../../../worker/runs/spec/run-spec.ts";
import type { RunSpec } from "../../../worker/runs/spec/run-spec.ts";
import { Scheduler } from "../../../worker/schedules/scheduler.ts";
import type { SchedulerDeps } from "../../../worker/schedules/scheduler.ts";
import { PlatformAlarm } from "./platform-alarm.ts";
import { Life } from "./surroundings.ts";
import type { Surroundings } from "./surroundings.ts";

const FAILED_WAKE_MS = 2000;

/** What the worker's object reaches. */
export interface WorkerOutside {
  queue: Pick<RunQueueDeps<RunSpec>, "handOver" | "supersede" | "giveUp" | "enlist">;
  /** `follow` is told the rule of the version that is active. */
  schedules: (follow: (rule: QueueRule) => void) => Pick<SchedulerDeps, "reconcile" | "prepare">;
  /** A run is on the record, with the key that it came with. */
  onAdmitted: (runId: string, key: string | null) => void;
  /** A run got its place, beside those that have one. */
  onStarted: (seq: number) => void;
  /** Wrong decisions, to see them found. */
  decide: RunQueueDeps<RunSpec>["decide"] | undefined;
}

interface Parts {
  queue: RunQueue<RunSpec>;
  scheduler: Scheduler;
}

/** A worker's object: the real queue and the real schedules over tables and an alarm that outlive it. */
export class WorkerHome {
  readonly alarm: PlatformAlarm;
  readonly #world: Surroundings;
  readonly #sql: SqlStorage;
  readonly #outside: (life: Life) => WorkerOutside;
  #life: Life | null = null;
  #parts: Parts | null = null;
  #wakeUp: ReturnType<PlatformAlarm["wakeUp"]> | null = null;

  constructor(world: Surroundings, sql: SqlStorage, outside: (life: Life) => WorkerOutside) {
    this.#world = world;
    this.#sql = sql;
    this.#outside = outside;
    this.alarm = new PlatformAlarm(world, {
      name: "worker",
      ring: () => this.#ring(),
      reset: () => this.#life?.crash(),
    });
  }

  get queue(): RunQueue<RunSpec> {
    return this.#open().queue;
  }

  get scheduler(): Scheduler {
    return this.#open().scheduler;
  }

  #open(): Parts {
    if (this.#life?.isIdle(this.#world.now) && !this.alarm.isRinging) this.#forget();
    this.#life?.use(this.#world.now);
    return this.#parts ?? this.#load();
  }

  #forget(): void {
    if (this.#life) this.#life.isAlive = false;
    this.#life = null;
    this.#parts = null;
  }

  #load(): Parts {
    const life = new Life(() => {
      this.#world.note("the worker's object goes away");
      this.#parts = null;
      this.alarm.crashed();
    });
    life.use(this.#world.now);
    this.#life = life;
    const { clock, timers, random } = this.#world;
    const outside = this.#outside(life);
    const wakeUp = this.alarm.wakeUp(life, {
      wish: () => this.#parts && earliestWake([this.#parts.scheduler, this.#parts.queue]),
      retryMs: FAILED_WAKE_MS,
      failedEvent: "worker.wake_failed",
    });
    const tools: PartTools = {
      sql: this.#sql,
      write: (query, ...values) => {
        if (!life.isAlive) throw new Error("the object is gone");
        this.#sql.exec(query, ...values).toArray();
      },
      rearm: () => wakeUp.rearm(),
      waitUntil: (work) => void work.catch((error: unknown) => this.#blame(life, error)),
    };
    const after = (ms: number, act: () => void) => timers.after(ms, () => life.isAlive && act());
    const queue = new RunQueue<RunSpec>({
      ...tools,
      ...outside.queue,
      clock,
      after,
      random: () => random.next(),
      table: this.#watch(createQueueTable(tools, runSpecDocument), outside),
      ...(outside.decide ? { decide: outside.decide } : {}),
    });
    const scheduler = new Scheduler({
      ...tools,
      ...outside.schedules((rule) => queue.setActive(rule)),
      clock,
      after,
      admit: (request) => queue.admit(request),
      raise: () => {},
    });
    this.#parts = { queue, scheduler };
    this.#wakeUp = wakeUp;
    wakeUp.recall();
    return this.#parts;
  }

  #blame(life: Life, error: unknown): void {
    if (life.isAlive) this.#world.blame(`the queue threw ${String(error)}`);
  }

  /** Tells of every run that gets a place, once that is written down. */
  #watch(table: QueueTable<RunSpec>, { onAdmitted, onStarted }: WorkerOutside): QueueTable<RunSpec> {
    return {
      ...table,
      insert: (entry, run, idempotency) => {
        table.insert(entry, run, idempotency);
        onAdmitted(entry.run_id, idempotency?.name ?? null);
        if (entry.started) onStarted(entry.seq);
      },
      markStarted: (seq, at) => {
        table.markStarted(seq, at);
        onStarted(seq);
      },
    };
  }

  async #ring(): Promise<void> {
    const { scheduler, queue } = this.#open();
    const wakeUp = this.#wakeUp;
    await wakeUp?.answer(async () => {
      const failures = await wakeParts([scheduler, queue], this.#world.now, this.#world.timers.after);
      if (failures.length > 0) throw new AggregateError(failures);
      wakeUp.rearm();
    });
  }

  /** What is on the record, whatever the object knows. */
  facts(): {
    entries: QueueEntry[];
    active: QueueRule | null;
    paused: boolean;
    refusals: ReadonlyMap<string, number>;
  } {
    return createQueueTable({ sql: this.#sql, write: () => {} }, runSpecDocument).load();
  }
}
