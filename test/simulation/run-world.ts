import { buildFailure } from "#contract/runs/run-failure";
import { whyWaiting } from "../../worker/runs/lifecycle/run-status.ts";
import { backoffMs } from "../../worker/runs/lifecycle/backoff.ts";
import { isOverdue } from "../../worker/runs/lifecycle/is-overdue.ts";
import { acceptRun, step } from "../../worker/runs/lifecycle/lifecycle.ts";
import { nextWake } from "../../worker/runs/lifecycle/next-wake.ts";
import type { RunEffect, RunInput, RunState } from "../../worker/runs/lifecycle/run-state.ts";
import { Deciders } from "./deciders.ts";
import { boundOf } from "./phase-bounds.ts";
import { duties, result, retry, times } from "./run-terms.ts";
import type { Duty } from "./run-terms.ts";
import type { Random } from "../support/random.ts";

/** A sandbox of the simulated provider, and the script in it. */
interface SimSandbox {
  id: string;
  attempt: number;
  alive: boolean;
  bornAt: number;
  /** When its script ends; the result lies in its journal from then on. */
  endsAt: number;
  posted: boolean;
}

/** An alarm may ring late, and what it asks for takes its time. */
const SLACK_MS = 600_000;

/**
 * One run in a world that fails: effects take time and may be lost with the object that performed them, messages come
 * late, twice or never, sandboxes die, the provider refuses. The lifecycle under test decides; everything else is here.
 */
export class RunWorld {
  now = 0;
  state: RunState;
  /** The durable alarm. */
  wakeAt: number | null = null;
  #memory: RunEffect[] = [];
  /** An alarm is being dealt with; the platform delivers it again when the object goes away before that is done. */
  #inAlarm = false;
  readonly sandboxes: SimSandbox[] = [];
  released = 0;
  /** Starts of the script, by attempt: the side effects that must not double. */
  readonly starts = new Map<number, number>();
  losses = 0;
  readonly history: string[] = [];
  faults = true;
  /** Who decides on the run when it asks. */
  readonly deciders: Deciders;
  /** How often the run gave back what it need not hold while it waits. */
  parks = 0;
  /** What fails for ever. */
  readonly broken: ReadonlySet<Duty>;
  /** Since when the world sees the run in its phase. */
  #seen = { phase: "", attempt: 0, since: 0 };
  readonly #random: Random;
  readonly #transition: typeof step;

  constructor(random: Random, transition: typeof step = step) {
    this.#random = random;
    this.deciders = new Deciders(random);
    const isHard = random.chance(0.3);
    this.broken = new Set(duties.filter(() => isHard && random.chance(0.3)));
    this.#transition = transition;
    const first = acceptRun(random.chance(0.7), this.now);
    this.state = first.state;
    this.#take(first.effects);
  }

  #take(effects: readonly RunEffect[]): void {
    this.#memory.push(...effects);
    const wake = nextWake(this.state, this.now, times);
    if (wake !== null && (this.wakeAt === null || wake < this.wakeAt)) this.wakeAt = wake;
  }

  #input(event: RunInput): void {
    const before = this.state;
    const next = this.#transition(before, event, {
      now: this.now,
      times,
      retry,
      jitter: this.#random.next(),
    });
    this.history.push(
      `${this.now} ${event.type}: ${before.phase}/${before.attempt} -> ${next.state.phase}/${next.state.attempt}`,
    );
    if (before.phase === "ended" && next.state !== before) throw new Error("an ended run changed");
    this.state = next.state;
    this.#take(next.effects);
    this.check();
  }

  /** What must hold after every step. */
  check(): void {
    const { state } = this;
    if (state.phase !== "ended") {
      if (this.wakeAt === null) throw new Error(`${state.phase} has no wake-up`);
      const isOwing = state.phase === "held" && !state.hold?.parked;
      const soon = Math.max(times.silence_ms, backoffMs(this.now - state.phase_since, 0));
      if (isOwing && this.wakeAt > this.now + soon)
        throw new Error("a waiting run may keep what it holds until its time is over");
      if (state.hold?.parked && this.parks === 0) throw new Error("parked by its word alone");
      if (!whyWaiting(state)) throw new Error(`${state.phase} does not say what it waits for`);
    } else if (!state.outcome) throw new Error("ended without an outcome");
    this.#checkBound();
    for (const [attempt, starts] of this.starts)
      if (starts > 1) throw new Error(`attempt ${attempt} started its script ${starts} times`);

    const lost = state.attempts.filter((attempt) => attempt.lost).length;
    const failed = state.attempts.length - lost;
    if (failed > retry.max_attempts) throw new Error("more tries than the manifest gives");
    if (lost > this.losses) throw new Error("an attempt was called lost whose sandbox lived");
    this.deciders.check(state);
    if (state.attempt > lost + failed + 1) throw new Error("a new attempt without a lost one");
  }

  /** No phase lasts longer than its bound, however long what it waits for fails. */
  #checkBound(): void {
    const { phase, attempt, hold, paused_ms: pausedMs } = this.state;
    if (this.#seen.phase !== phase || this.#seen.attempt !== attempt)
      this.#seen = { phase, attempt, since: this.now };
    const heldMs = hold ? hold.expires_at - hold.since : 0;
    const lasted = this.now - this.#seen.since;
    if (lasted > boundOf(phase, times, { pausedMs, heldMs }) + SLACK_MS)
      throw new Error(`${phase} for ${lasted / 1000} s`);
  }

  /** Does this fail now: for ever, or by chance while there are faults? */
  #fails(duty: Duty, chance: number): boolean {
    return this.broken.has(duty) || (this.faults && this.#random.chance(chance));
  }

  /** One thing happens, chosen by chance among what can. */
  tick(): void {
    const roll = this.#random.next();
    if (this.faults && roll < 0.06) return this.#crash();
    if (this.faults && roll < 0.1) return this.#loseSandbox();
    if (this.faults && roll < 0.105) return this.#input({ type: "cancel" });
    if (this.faults && roll < 0.14 && this.state.hold)
      return this.#input(this.deciders.speak(this.state, this.now));

    if (roll < 0.55 && this.#memory.length > 0) return this.#performOne();
    if (roll < 0.75) return this.#runnerPosts();
    this.#advance();
  }

  #crash(): void {
    this.history.push(`${this.now} crash, ${this.#memory.length} effects lost`);
    this.#memory = [];
    if (this.#inAlarm) this.wakeAt = this.now;
    if (this.wakeAt !== null) this.wakeAt = Math.max(this.wakeAt, this.now);
  }

  #loseSandbox(): void {
    const victim = this.#random.pick(this.sandboxes.filter((sandbox) => sandbox.alive));
    if (!victim) return;
    victim.alive = false;
    this.losses += 1;
    this.history.push(`${this.now} lost ${victim.id}`);
  }

  #advance(): void {
    this.now += 1000 * (1 + this.#random.below(20));
    // Nothing but the alarm is waited for any more.
    if (!this.faults && this.#memory.length === 0) this.now = Math.max(this.now, this.wakeAt ?? 0);
    if (this.wakeAt !== null && this.wakeAt <= this.now) {
      this.wakeAt = null;
      this.#inAlarm = true;
      this.#input({ type: "woke" });
    }
  }

  /** The runner's post; it may come twice, or long after the run has moved on. */
  #runnerPosts(): void {
    const ready = this.sandboxes.filter(
      (sandbox) => sandbox.endsAt <= this.now && (sandbox.alive || sandbox.posted),
    );
    const sandbox = this.#random.pick(ready);
    if (!sandbox) return;
    sandbox.posted = true;
    this.#input({ type: "reported", attempt: sandbox.attempt, result });
    if (this.faults && this.#random.chance(0.3))
      this.#input({ type: "reported", attempt: sandbox.attempt, result });
  }

  #performOne(): void {
    const [effect] = this.#memory.splice(this.#random.below(this.#memory.length), 1);
    if (!effect) return;
    if (this.#memory.length === 0) this.#inAlarm = false;
    this.history.push(`${this.now} perform ${JSON.stringify(effect)}`);
    switch (effect.type) {
      case "launch":
        return this.#launch(effect.attempt);
      case "settle":
        return this.#settle(effect.attempt);
      case "pull":
        return this.#pull(effect.attempt);
      case "ask_pause":
        return this.#askPause();
      case "nudge":
        return this.#input({ type: "go" });
      case "kill":
        return this.#kill((sandbox) => sandbox.id === effect.sandbox_id);
      case "kill_attempt":
        return this.#kill((sandbox) => sandbox.attempt === effect.attempt);
      case "conclude":
        return this.#conclude();
      case "park":
        if (this.#fails("park", 0.1)) return this.#retryLater();
        this.parks += 1;
        return this.#input({ type: "parked" });
      case "lapse":
        return this.#input(this.deciders.lapse(this.state, this.now));
      case "follow_up":
        return this.#followUp();
      case "revoke":
        return this.#revoke();
      case "announce":
      case "note":
      case "project":
      case "tell":
      case "leave":
        // No run of this world leaves its sandbox to another.
        return;
    }
  }

  /** The queue may be away, and then the run asks on; or it says how long the worker was paused. */
  #askPause(): void {
    if (this.#fails("ask_pause", 0.3)) return;
    const waited = this.now - this.state.phase_since;
    this.#input({ type: "waited", paused_ms: this.#random.chance(0.5) ? Math.floor(waited / 2) : 0 });
  }

  /** Lists, queue or archive may be away; the engine then tries again, ever more seldom. */
  #conclude(): void {
    if (this.#fails("conclude", 0.2)) return this.#retryLater();
    this.released += 1;
  }

  #retryLater(): void {
    const at = this.now + backoffMs(this.now - this.state.phase_since, this.#random.next());
    this.wakeAt = Math.min(this.wakeAt ?? at, at);
  }

  /** The queue is told to start the follow-up no more; that may fail, and its answer may be lost. */
  #revoke(): void {
    if (this.state.phase !== "resuming") return;
    if (this.#fails("revoke", 0.2)) return this.#retryLater();
    this.deciders.revoke(this.state);
    if (this.faults && this.#random.chance(0.2)) return this.#crash();
    this.#input({ type: "revoked" });
  }

  /** The queue may be full or away, and its answer may be lost on the way back. */
  #followUp(): void {
    if (this.state.phase !== "resuming" || this.state.cancel_wished) return;
    if (this.#fails("follow_up", 0.2)) return;
    this.deciders.admit(this.state);
    if (this.faults && this.#random.chance(0.2)) return this.#crash();
    this.#input({ type: "followed_up" });
  }

  /** A third of the scripts fail, some of them for good. */
  #settle(attempt: number): void {
    if (this.#fails("settle", 0.1)) return this.#retryLater();
    const failure = this.#random.chance(0.3)
      ? buildFailure(this.#random.chance(0.8) ? "execution_error" : "missing_result")
      : null;
    const outcome = { status: failure ? ("failed" as const) : ("completed" as const), failure, outputs: {} };
    const asks = failure === null && this.#random.chance(0.5);
    const hold = asks ? { hold: this.deciders.ask(this.now) } : {};
    this.#input({ type: "settled", attempt, outcome, ...hold });
  }

  /** The provider may not answer; what was not killed is owed, and looked for again. */
  #kill(matches: (sandbox: SimSandbox) => boolean): void {
    if (this.#fails("kill", 0.3)) return this.#retryLater();
    for (const sandbox of this.sandboxes) if (matches(sandbox)) sandbox.alive = false;
  }

  /** Find-or-create, as the driver does it: the runner starts its script once per sandbox, by its own lock. */
  /** What a launch waits for is built elsewhere; word of its end may be lost, come twice, or come too late. */
  #waitForBuild(attempt: number): void {
    const wait = {
      code: "e2b_sandbox_error",
      message: "being built",
      retry_after_ms: 10_000,
      waits: true,
    } as const;
    this.#input({ type: "refused", attempt, ...wait });
    if (this.#random.chance(0.2)) return;
    this.now += 1000 * this.#random.below(30);
    this.#input({ type: "built", attempt });
    if (this.#random.chance(0.2)) this.#input({ type: "built", attempt });
  }

  #launch(attempt: number): void {
    if (this.state.phase !== "launching" || this.state.attempt !== attempt) return;
    if (this.faults && this.#random.chance(0.15)) return this.#waitForBuild(attempt);
    if (this.#fails("launch", 0.3)) {
      return this.#input({
        type: "refused",
        attempt,
        code: "e2b_sandbox_error",
        message: "busy",
        retry_after_ms: null,
        waits: this.state.refusals % 2 === 0,
      });
    }
    const found = this.sandboxes.find((sandbox) => sandbox.attempt === attempt && sandbox.alive);
    const sandbox = found ?? this.#create(attempt);
    // The object may go away between the provider's answer and its own note of it.
    if (this.faults && this.#random.chance(0.2)) return this.#crash();
    this.#input({ type: "launched", attempt, launch: 1, sandbox_id: sandbox.id });
  }

  #create(attempt: number): SimSandbox {
    const lostBefore = this.sandboxes.some((sandbox) => sandbox.attempt === attempt);
    const sandbox = {
      id: `s${this.sandboxes.length}`,
      attempt,
      alive: true,
      bornAt: this.now,
      endsAt: this.now + 1000 * this.#random.below(90),
      posted: false,
    };
    this.sandboxes.push(sandbox);
    // A sandbox that died before it was known is a loss of the platform's, not a second start of a live script.
    if (!lostBefore) this.starts.set(attempt, (this.starts.get(attempt) ?? 0) + 1);
    return sandbox;
  }

  #pull(attempt: number): void {
    const sandbox = this.sandboxes.find((candidate) => candidate.id === this.state.sandbox_id);
    if (this.state.phase !== "running" || this.state.attempt !== attempt || !sandbox) return;
    if (this.#fails("pull", 0.3))
      return void (this.#isGivenUp() && this.#input({ type: "expired", attempt }));
    if (!sandbox.alive) return this.#input({ type: "lost", attempt, code: "e2b_sandbox_error" });
    if (sandbox.endsAt <= this.now) return this.#input({ type: "reported", attempt, result });
    if (isOverdue(this.state, this.now, times)) this.#input({ type: "expired", attempt });
  }

  /** Nobody can say what became of a script whose time is long over. */
  #isGivenUp(): boolean {
    return this.now - this.state.phase_since >= times.run_ms + times.finish_ms;
  }

  /** A sandbox that nobody ended. The provider ends each when its own life is over, and until then it is looked for. */
  #findLeft(): SimSandbox | undefined {
    return this.sandboxes.find(({ alive, bornAt }) => alive && this.now < bornAt + times.sandbox_life_ms);
  }

  /** Lets the faults end that have an end, and the world run on; a run that does not come to its end is stuck. */
  settle(): void {
    this.faults = false;
    for (let i = 0; i < 3000; i++) {
      const isOver = this.state.phase === "ended";
      const isReleased = this.released > 0 || this.broken.has("conclude");
      const isClean = this.broken.has("kill") || !this.#findLeft();
      if (isOver && isReleased && isClean) return;
      this.tick();
      if (this.state.phase === "ended" && this.wakeAt === null && this.#memory.length === 0) break;
    }
    if (this.state.phase !== "ended")
      throw new Error(`stuck in ${this.state.phase}: ${whyWaiting(this.state)}`);
    if (this.released === 0) throw new Error("the run ended and its place in the queue was never given back");
    const left = this.#findLeft();
    if (left) throw new Error(`the run ended and left the sandbox ${left.id} behind`);
  }
}

/** Plays one history; throws with the seed and the history when an invariant breaks. */
export function playRun(seed: number, random: Random, transition?: typeof step): RunWorld {
  const world = new RunWorld(random, transition);
  try {
    world.check();
    for (let i = 0; i < 60; i++) world.tick();
    world.settle();
    return world;
  } catch (cause) {
    throw new Error(`seed ${seed}: ${(cause as Error).message}\n${world.history.join("\n")}`, { cause });
  }
}
