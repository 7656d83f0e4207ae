import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import type { BuildAnswer, BuildOrder, BuildWaiter } from "../runs/ports/dependency-builds.ts";
import { nextBuildWake, stepBuild } from "./build-lifecycle.ts";
import type { BuildDuty, BuildEvent } from "./build-lifecycle.ts";
import { buildStateDocument } from "./build-state.ts";
import type { BuildState } from "./build-state.ts";
import type { BuildWork } from "./build-work.ts";
import { dependencyBuildId, DependencyWork } from "./dependency-work.ts";
import type { DependencyWorkDeps } from "./dependency-work.ts";
import { TemplateWork } from "./template-work.ts";
import type { TemplateWorkDeps } from "./template-work.ts";

const STATE_KEY = "build";
/** Who waits for a build that waits for room is told of the end, and asks by itself after so long. */
const ASK_AGAIN_MS = 60_000;

/** All that a build touches outside its own memory. */
export interface BuildDeps extends DependencyWorkDeps, TemplateWorkDeps {
  storage: Pick<SyncKvStorage, "get" | "put" | "delete">;
  clock: Clock;
  armWake: (at: number) => void;
  /** Tells an attempt what became of what it waits for. */
  tell: (waiter: BuildWaiter, lines: readonly string[]) => Promise<void>;
}

/** What a build is called in the log. */
function nameOf(order: BuildOrder): string {
  return order.kind === "template" ? order.template.name : dependencyBuildId(order);
}

/**
 * Builds the dependencies of one version, or one template, once, whoever asks. Feeds the lifecycle and has its duties performed; what it
 * knows is in storage, but for who waits: they ask again by themselves.
 */
export class BuildEngine {
  readonly #deps: BuildDeps;
  readonly #waiters = new Map<string, BuildWaiter>();
  readonly #underWay = new Set<string>();
  /** Tries that may have got as far as a sandbox already, perhaps by an object that went away. */
  readonly #tried = new Set<number>();
  #state: BuildState | null;
  #wantedAt: number;

  constructor(deps: BuildDeps) {
    this.#deps = deps;
    const stored = deps.storage.get(STATE_KEY);
    this.#state = stored === undefined ? null : buildStateDocument.read(stored);
    if (this.#state) this.#tried.add(this.#state.attempt);
    this.#wantedAt = deps.clock();
  }

  /** An attempt wants them: begins the build if there is none, and says where it stands. */
  async ask(order: BuildOrder, waiter: BuildWaiter): Promise<BuildAnswer> {
    this.#waiters.set(waiter.run_id, waiter);
    this.#wantedAt = this.#deps.clock();
    await this.dispatch({ type: "asked", order, since: waiter.since });
    if (this.#state?.phase === "ended") {
      this.#waiters.delete(waiter.run_id);
      return { kind: "ended", lines: this.#state.lines };
    }
    const refusal = this.#state?.refusal;
    if (!refusal) return { kind: "pending" };
    const { code, message, retry_after_ms: retryAfterMs, waits, doubtful } = refusal;
    return {
      kind: "refused",
      code,
      message,
      retryAfterMs,
      ...(waits ? { waits, asksAgainMs: ASK_AGAIN_MS } : {}),
      ...(doubtful ? { doubtful } : {}),
    };
  }

  /** There is room for its sandbox; answers whether the build still wants it. It goes on behind the answer. */
  call(): { wanted: boolean; goneOn: Promise<void> } {
    const wanted = this.#state?.phase === "starting";
    return { wanted, goneOn: wanted ? this.dispatch({ type: "called" }) : Promise.resolve() };
  }

  /** The alarm. */
  wake(): Promise<void> {
    return this.dispatch({ type: "woke", wanted_at: this.#wantedAt });
  }

  /** When the build must be looked at again, epoch milliseconds. */
  wakeAt(): number | null {
    return nextBuildWake(this.#state, this.#deps.clock());
  }

  /** Takes one event: decides, saves, then acts. */
  async dispatch(event: BuildEvent): Promise<void> {
    const before = this.#state;
    const { state, duties } = stepBuild(before, event, this.#deps.clock());
    this.#state = state;
    if (state !== null && state !== before)
      this.#deps.storage.put(STATE_KEY, buildStateDocument.write(state));
    const wake = this.wakeAt();
    if (wake !== null) this.#deps.armWake(wake);
    for (const duty of duties) await this.#perform(before ?? state, duty);
  }

  async #perform(about: BuildState | null, duty: BuildDuty): Promise<void> {
    const key = `${duty.type} ${duty.attempt}`;
    const state = this.#state ?? about;
    if (state === null || this.#underWay.has(key)) return;
    this.#underWay.add(key);
    try {
      await this.#duties[duty.type](state);
    } catch (error) {
      // The duty is repeatable and the wake-up is armed: it is tried again from what is stored.
      const facts = { build_id: nameOf(state.order), duty: duty.type, error: describeError(error) };
      log("error", "build.duty_failed", facts);
    } finally {
      this.#underWay.delete(key);
    }
  }

  readonly #duties: Record<BuildDuty["type"], (state: BuildState) => Promise<void>> = {
    launch: (state) => this.#launch(state),
    look: (state) => this.#look(state),
    store: (state) => this.#store(state),
    kill: (state) => this.#workOf(state).kill(state),
    tell: (state) => this.#tell(state),
    forget: async () => void this.#deps.storage.delete(STATE_KEY),
  };

  #workOf({ order }: BuildState): BuildWork {
    return order.kind === "template"
      ? new TemplateWork(this.#deps, order.template)
      : new DependencyWork(this.#deps, order, this.#tried);
  }

  async #launch(state: BuildState): Promise<void> {
    const { attempt } = state;
    const begun = await this.#workOf(state).launch(state);
    if (begun === null) return;
    if (begun.kind === "launched")
      return this.dispatch({ type: "launched", attempt, sandbox_id: begun.sandboxId });
    if (begun.kind === "impossible")
      return this.dispatch({ type: "impossible", attempt, message: begun.message });
    const { code, message, waits = false, doubtful = false, asksAgainMs = null } = begun;
    const retry_after_ms = asksAgainMs ?? begun.retryAfterMs;
    const refusal = { code, message, retry_after_ms, waits, doubtful };
    return this.dispatch({ type: "refused", attempt, refusal });
  }

  async #look(state: BuildState): Promise<void> {
    const look = await this.#workOf(state).look(state);
    if (look) await this.dispatch({ type: "looked", attempt: state.attempt, look });
  }

  async #store(state: BuildState): Promise<void> {
    const { attempt } = state;
    const kept = await this.#workOf(state).store(state);
    await this.dispatch(
      kept === "stored" ? { type: "stored", attempt } : { type: "looked", attempt, look: { kind: "gone" } },
    );
  }

  async #tell({ lines }: BuildState): Promise<void> {
    const waiters = [...this.#waiters.values()];
    this.#waiters.clear();
    // Whoever is not reached asks again.
    await Promise.allSettled(waiters.map((waiter) => this.#deps.tell(waiter, lines)));
  }
}
