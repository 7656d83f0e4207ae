import type { JournalAnswer, JournalEntry, RunnerConfig } from "#contract/runner/runner";
import { saidByOwner } from "../../../worker/runs/ports/executor.ts";
import type {
  Executor,
  FileRead,
  JournalRead,
  LaunchRefusal,
  LaunchRequest,
  LaunchResult,
} from "../../../worker/runs/ports/executor.ts";
import type { JournalPost } from "../../../worker/runs/record/run-api.ts";
import type { Way } from "./faults.ts";
import { Life } from "./surroundings.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a script does in the end. `hangs`: it never ends; `kills`: it ends the program that watches over it. */
type ScriptEnd =
  "succeeds" | "fails" | "fails_for_good" | "asks" | "awaits" | "leaves_file" | "hangs" | "kills";

/** A sandbox, and the script in it. */
export interface SimSandbox {
  id: string;
  run_id: string;
  attempt: number;
  /** The number of the try that had it made. */
  launch: number;
  isAlive: boolean;
  /** Its runner was started. However often that happens, there is one script. */
  isStarted: boolean;
  runnerAlive: boolean;
  journal: Uint8Array;
  /** Its script has ended, and the journal says how. */
  isOver: boolean;
}

const RUNNER_TRIES_MS = 4000;
const encoder = new TextEncoder();
const usage = { wall_ms: 1, cpu_ms: 1, max_memory_bytes: 1, log_bytes: 0 };

/** A refusal of the provider's, as the driver words it. */
const refusals: readonly Omit<LaunchRefusal, "kind">[] = [
  { code: "e2b_sandbox_error", message: "The sandbox provider does not answer.", retryAfterMs: null },
  { code: "e2b_sandbox_error", message: "The sandbox provider is busy.", retryAfterMs: null },
  { code: "e2b_quota_exhausted", message: "No room.", retryAfterMs: 60_000, waits: true },
  { code: "missing_e2b_key", message: "The key is not accepted.", retryAfterMs: null, doubtful: true },
];

/** Is shown what launches are asked for, and what runners are told. */
interface LaunchWitness {
  launchAsked: (request: LaunchRequest) => void;
  ordered: (config: RunnerConfig) => void;
  begun: () => void;
}

/** Takes a post of a runner; null when nobody is there who could. */
type Intake = (runId: string, post: JournalPost) => Promise<JournalAnswer | null>;

/** Whoever runs sandboxes: finds or makes one for each attempt, lets scripts run in them, and loses some. */
export class Provider {
  readonly sandboxes: SimSandbox[] = [];
  /** Attempts whose sandbox went away without having been killed, as `run:attempt`. */
  readonly lost = new Set<string>();
  /** How often the script of an attempt was started, as `run:attempt`. */
  readonly starts = new Map<string, number>();
  /** Attempts whose script went away with its sandbox. */
  readonly #lostScripts = new Set<string>();
  readonly #world: Surroundings;
  readonly #intake: Intake;

  constructor(world: Surroundings, intake: Intake) {
    this.#world = world;
    this.#intake = intake;
  }

  /** The provider as the engine of one life of a run's object sees it. */
  executor(life: Life, witness: LaunchWitness): Executor {
    const ask = <T>(way: Way, act: () => T) => this.#world.call(life, way, act);
    return {
      launch: async (request) => {
        witness.launchAsked(request);
        try {
          return await this.#launch((act) => ask("launch", act), request, witness);
        } catch (error) {
          if (this.#world.random.chance(0.1)) throw error;
          return { kind: "refused", ...(this.#world.random.pick(refusals) ?? refusals[0]) } as LaunchRefusal;
        }
      },
      build: () => Promise.reject(new Error("nothing is built by runs")),
      openBuilt: () => Promise.reject(new Error("nothing is built by runs")),
      readJournal: async (id, offset) => {
        try {
          return await ask("journal", () => this.#read(id, offset));
        } catch {
          return { kind: "unavailable" };
        }
      },
      openFile: (id) => ask("sandbox_files", () => this.#openFile(id)),
      kill: async (id) => this.#kill(ask("kill", () => this.#killAll((sandbox) => sandbox.id === id))),
      killAttempt: async (runId, attempt) =>
        this.#kill(
          ask("kill", () =>
            this.#killAll((sandbox) => sandbox.run_id === runId && sandbox.attempt === attempt),
          ),
        ),
    };
  }

  /** The driver says that nobody knows, or throws. */
  async #kill(done: Promise<void>): Promise<boolean> {
    try {
      await done;
      return true;
    } catch (error) {
      if (this.#world.random.chance(0.3)) throw error;
      return false;
    }
  }

  #killAll(matches: (sandbox: SimSandbox) => boolean): void {
    for (const sandbox of this.sandboxes) {
      if (!matches(sandbox) || !sandbox.isAlive) continue;
      sandbox.isAlive = false;
      this.#world.note(`${sandbox.id} is killed`);
    }
  }

  #find(id: string): SimSandbox | undefined {
    return this.sandboxes.find((sandbox) => sandbox.id === id && sandbox.isAlive);
  }

  #read(id: string, offset: number): JournalRead {
    const sandbox = this.#find(id);
    if (!sandbox) return saidByOwner();
    return { kind: "read", bytes: sandbox.journal.subarray(offset), runnerAlive: sandbox.runnerAlive };
  }

  #openFile(id: string): FileRead {
    return this.#find(id) ? { kind: "missing" } : saidByOwner();
  }

  /** As the driver goes about it: each step is a call of its own, and may be the last one of whoever makes it. */
  async #launch(
    ask: <T>(act: () => T) => Promise<T>,
    request: LaunchRequest,
    witness: LaunchWitness,
  ): Promise<LaunchResult> {
    const { recover, chosen } = request;
    const found = recover ? await ask(() => this.#choose(request)) : undefined;
    if (!found && chosen !== null) return saidByOwner();
    const sandbox = found ?? (await ask(() => this.#make(request)));
    const config = await request.order({ launch: sandbox.launch });
    if (config === null) return { kind: "overtaken" };
    witness.ordered(config);
    await ask(() => this.#start(sandbox, config, witness));
    return { kind: "launched", sandboxId: sandbox.id, launch: sandbox.launch };
  }

  #choose({ runId, attempt, chosen }: LaunchRequest): SimSandbox | undefined {
    return this.sandboxes
      .filter((one) => one.run_id === runId && one.attempt === attempt && one.isAlive)
      .filter(({ launch }) => chosen === null || launch === chosen)
      .toSorted((a, b) => a.launch - b.launch)[0];
  }

  #make({ runId: run_id, attempt, launch, lifetimeMs }: LaunchRequest): SimSandbox {
    const id = `sbx-${this.sandboxes.length}`;
    const sandbox = {
      id,
      run_id,
      attempt,
      launch,
      isAlive: true,
      isStarted: false,
      runnerAlive: true,
      journal: new Uint8Array(),
      isOver: false,
    };
    this.sandboxes.push(sandbox);
    this.#world.note(`${id} for ${run_id}:${attempt}, launch ${launch}`);
    const { random, timers } = this.#world;
    timers.after(lifetimeMs, () => this.#lose(sandbox));
    if (random.chance(0.07)) timers.after(random.below(120_000), () => this.#lose(sandbox));
    return sandbox;
  }

  #start(sandbox: SimSandbox, config: RunnerConfig, witness: LaunchWitness): void {
    if (!sandbox.isAlive) throw new Error(`${sandbox.id} is no more`);
    if (sandbox.isStarted) return;
    Object.assign(sandbox, { isStarted: true });
    witness.begun();
    const name = `${sandbox.run_id}:${sandbox.attempt}`;
    // A sandbox that went away before anybody knew it is a loss of the provider's, and no second start of a live script.
    if (!this.#lostScripts.has(name)) this.starts.set(name, (this.starts.get(name) ?? 0) + 1);
    this.#world.note(`${sandbox.id} begins`);
    this.#live(sandbox, config);
  }

  /** The life of a script: it begins, may end, and its sandbox may be lost at any time. */
  #live(sandbox: SimSandbox, config: RunnerConfig): void {
    const { random, timers } = this.#world;
    this.#write(sandbox, { type: "phase", at: this.#world.now, phase: "run" });
    void this.#post(sandbox);
    const end = this.#drawEnd(config.inputs["decision"] === "proposed");
    const most = config.timeout_seconds * 1000;
    timers.after(random.below(most), () => this.#endScript(sandbox, end));
    // The runner itself ends a script whose time is over, but for one that has gone mad.
    if (end === "hangs" && random.chance(0.7))
      timers.after(most, () => this.#endScript(sandbox, "fails_for_good"));
  }

  #drawEnd(proposes: boolean): ScriptEnd {
    const { random } = this.#world;
    if (proposes && random.chance(0.7)) return "asks";
    const ends = [
      "succeeds",
      "succeeds",
      "fails",
      "fails",
      "fails_for_good",
      "awaits",
      "leaves_file",
      "leaves_file",
      "hangs",
      "kills",
    ] as const;
    return random.pick(ends) ?? "succeeds";
  }

  #lose(sandbox: SimSandbox): void {
    if (!sandbox.isAlive) return;
    sandbox.isAlive = false;
    const name = `${sandbox.run_id}:${sandbox.attempt}`;
    this.lost.add(name);
    if (sandbox.isStarted) this.#lostScripts.add(name);
    this.#world.note(`${sandbox.id} is lost`);
  }

  #write(sandbox: SimSandbox, entry: JournalEntry): void {
    const line = encoder.encode(`${JSON.stringify(entry)}\n`);
    const journal = new Uint8Array(sandbox.journal.byteLength + line.byteLength);
    journal.set(sandbox.journal);
    journal.set(line, sandbox.journal.byteLength);
    Object.assign(sandbox, { journal });
  }

  #endScript(sandbox: SimSandbox, end: ScriptEnd): void {
    if (!sandbox.isAlive || !sandbox.runnerAlive || end === "hangs") return;
    this.#world.note(`${sandbox.id} ${end}`);
    if (end === "kills") {
      Object.assign(sandbox, { runnerAlive: false });
      return;
    }
    const at = this.#world.now;
    if (end === "leaves_file") {
      const file = { name: "report", path: "out/report", media_type: "text/plain", size_bytes: 3 };
      this.#write(sandbox, { type: "file", at, kind: "artifact", sha256: "c".repeat(64), ...file });
    }
    Object.assign(sandbox, { isOver: true });
    const failed = end === "fails" || end === "fails_for_good";
    this.#write(sandbox, {
      type: "result",
      at,
      outcome: failed ? "failure" : "success",
      error_code: failed ? (end === "fails" ? "execution_error" : "missing_result") : null,
      error: failed ? "it broke" : null,
      error_raw: null,
      exit_code: failed ? 1 : 0,
      outputs: {},
      usage,
      ...(end === "asks" ? { decision_required: { label: "Send" } } : {}),
      ...(end === "awaits" ? { await_external: { key: "order", timeout_seconds: 1800 } } : {}),
    });
    void this.#post(sandbox);
  }

  /** The runner posts what it has until all is taken, or it is told to stop; it gives up in the end. */
  async #post(sandbox: SimSandbox): Promise<void> {
    const { timers } = this.#world;
    for (let tries = 0; tries < 8 && sandbox.isAlive && sandbox.runnerAlive; tries++) {
      const { run_id, attempt, launch, journal } = sandbox;
      const body = { attempt, launch, offset: 0, body: journal };
      const answer = await this.#world
        .call(new Life(() => {}), "posts", () => this.#intake(run_id, body))
        .catch(() => null);
      if (answer?.stop || (answer && sandbox.isOver && answer.next_offset >= journal.byteLength)) {
        Object.assign(sandbox, { runnerAlive: false });
        return;
      }
      if (answer) return;
      await new Promise<void>((resolve) => void timers.after(RUNNER_TRIES_MS * (tries + 1), resolve));
    }
    if (sandbox.isOver) Object.assign(sandbox, { runnerAlive: false });
  }
}
