import type { JournalAnswer } from "#contract/runner/runner";
import { Meter } from "../../../worker/platform/objects/meter.ts";
import type { JournalPost } from "../../../worker/runs/record/run-api.ts";
import { RunEngine } from "../../../worker/runs/engine/run-engine.ts";
import type { EngineDeps, LaunchTry, OwnToRun } from "../../../worker/runs/engine/run-handle.ts";
import { needsNoPlace } from "../../../worker/runs/lifecycle/run-status.ts";
import type { RunState } from "../../../worker/runs/lifecycle/run-state.ts";
import { RunStorage } from "../../../worker/runs/record/run-storage.ts";
import type { RunRecord } from "../../../worker/runs/record/run-storage.ts";
import type { BuildNews } from "../../../worker/runs/record/run-api.ts";
import type { RunSpec } from "../../../worker/runs/spec/run-spec.ts";
import { KvInMemory } from "../../support/workerd/kv-in-memory.ts";
import { PlatformAlarm } from "./platform-alarm.ts";
import { Life } from "./surroundings.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a run's engine is handed besides what its object itself has. */
export type Outside = Omit<EngineDeps, OwnToRun | "clock" | "random">;

/** How a run's engine is handed what it reaches. */
interface Setting {
  outside: (life: Life, home: RunHome) => Outside;
  /** What may be put in the place of it, to see bugs found. */
  tamper: (deps: EngineDeps) => EngineDeps;
}

/** A run's phase as the world sees it, which takes the engine's word for nothing. */
export interface SeenPhase {
  phase: RunState["phase"];
  attempt: number;
  since: number;
}

/** A time in which an object answers nobody. */
interface Silence {
  from: number;
  ms: number;
  back: Promise<void>;
  isOver: boolean;
}

/**
 * A run's object: the real engine over storage and an alarm that outlive it. It goes away when the world says so, and
 * whenever nobody has asked it anything for a while.
 */
export class RunHome {
  readonly id: string;
  readonly alarm: PlatformAlarm;
  /** Its constructor throws, for ever. */
  isPoison = false;
  /** Whatever is said to it arrives once it is back; see fallSilent. */
  silence: Silence | null = null;
  /** The state as it was seen last, and how long its phase has lasted. */
  seen: SeenPhase | null = null;
  record: RunRecord | null = null;
  readonly #world: Surroundings;
  readonly #setting: Setting;
  readonly #kv = new KvInMemory();
  #life: Life | null = null;
  #engine: RunEngine | null = null;
  #answer: (work: () => Promise<void>) => Promise<void> = (work) => work();

  constructor(world: Surroundings, id: string, setting: Setting) {
    this.#world = world;
    this.id = id;
    this.#setting = setting;
    this.alarm = new PlatformAlarm(world, {
      name: id,
      ring: () => this.#ring(),
      reset: () => this.#life?.crash(),
    });
  }

  /** From `from` on, epoch milliseconds, the object does nothing and answers nobody, and so for so long. */
  fallSilent(from: number, ms: number): void {
    const { promise: back, resolve: comeBack } = Promise.withResolvers<void>();
    this.silence = { from, ms, back, isOver: false };
    this.#world.timers.after(Math.max(0, from - this.#world.now) + ms, () => {
      if (this.silence) this.silence.isOver = true;
      this.#world.note(`${this.id} is back`);
      comeBack();
    });
  }

  get isSilent(): boolean {
    return this.silence !== null && !this.silence.isOver && this.#world.now >= this.silence.from;
  }

  /** What is said to the object; to a silent one it is said when that is back. */
  reach<T>(act: (home: RunHome) => T | Promise<T>): T | Promise<T> {
    return this.isSilent && this.silence ? this.silence.back.then(() => act(this)) : act(this);
  }

  /** The engine there is, or a new one from what is stored. */
  open(): RunEngine {
    if (this.isPoison) throw Object.assign(new Error("its object throws"), { remote: true });
    if (this.#life?.isIdle(this.#world.now) && !this.alarm.isRinging) this.#forget();
    this.#life?.use(this.#world.now);
    return this.#engine ?? this.#load();
  }

  /** What is stored, for one life of the object: nothing is kept of what one writes that was replaced. */
  #entriesOf(life: Life): Pick<KvInMemory, "get" | "put" | "list" | "delete"> {
    const kv = this.#kv;
    return {
      get: (key) => kv.get(key),
      list: (options) => kv.list(options),
      put: (key, value) => {
        if (!life.isAlive) throw new Error("the object was replaced");
        kv.put(key, value);
      },
      delete: (key) => life.isAlive && kv.delete(key),
    };
  }

  #forget(): void {
    if (this.#life) this.#life.isAlive = false;
    this.#life = null;
    this.#engine = null;
  }

  #load(): RunEngine {
    const { clock, random } = this.#world;
    const life = new Life(() => {
      this.#world.note(`${this.id} goes away`);
      this.#engine = null;
      this.alarm.crashed();
    });
    life.use(this.#world.now);
    this.#life = life;
    const meter = new Meter(clock);
    const wakeUp = this.alarm.wakeUp(life, {
      wish: () => engine.wakeAt(),
      retryMs: 60_000,
      failedEvent: "run.wake_failed",
    });
    const deps: EngineDeps = {
      ...this.#setting.outside(life, this),
      clock,
      random: () => random.next(),
      storage: new RunStorage(this.#entriesOf(life) as unknown as SyncKvStorage, meter),
      broadcast: () => {},
      show: () => undefined,
      watchers: () => 0,
      waitUntil: (work) => this.#behind(work),
      armWake: (at) => wakeUp.arm(at),
      disarmWake: () => wakeUp.disarm(),
      listCalls: () => [],
      meter,
    };
    const engine = new RunEngine(this.#setting.tamper(deps));
    this.#engine = engine;
    this.#answer = (work) => wakeUp.answer(work);
    wakeUp.recall();
    return engine;
  }

  /** What runs in the engine behind an answer: nothing may ever be thrown there. */
  #behind(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#world.blame(`${this.id}: the engine threw ${String(error)}`));
  }

  async #ring(): Promise<void> {
    if (this.isSilent) await this.silence?.back;
    const engine = this.open();
    await this.#answer(() => engine.dispatch({ type: "woke" }));
  }

  accept(spec: RunSpec, go: boolean, toldAt: number): { ended: boolean } {
    const engine = this.open();
    this.#behind(engine.accept(spec, go, toldAt));
    return { ended: engine.record !== null && needsNoPlace(engine.record.state) };
  }

  /** Answers whether there is such a run. */
  cancel(code?: "superseded"): boolean {
    const engine = this.open();
    this.#behind(engine.dispatch({ type: "cancel", ...(code ? { code } : {}) }));
    return engine.record !== null;
  }

  async takeJournal(post: JournalPost): Promise<JournalAnswer | null> {
    const engine = this.open();
    await engine.prepareIntake();
    return engine.record && engine.takeJournal(post);
  }

  ownsLaunch(asked: LaunchTry): boolean {
    return this.open().ownsLaunch(asked);
  }

  takeBuild(news: BuildNews): void {
    this.#behind(this.open().takeBuild(news));
  }

  /** Looks at what the engine says of itself, without waking it. */
  look(): RunState | null {
    const record = this.#engine?.record;
    if (!record) return this.record?.state ?? null;
    const { phase, attempt } = record.state;
    if (this.seen?.phase !== phase || this.seen.attempt !== attempt) {
      this.seen = { phase, attempt, since: this.#world.now };
      this.#world.note(`${this.id} is ${phase}, attempt ${attempt}`);
    }
    // The engine goes on with the same record and puts a new state into it.
    this.record = { ...record };
    return record.state;
  }
}
