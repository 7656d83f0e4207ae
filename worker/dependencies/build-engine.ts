import { limits } from "#contract/limits";
import { sandboxPaths } from "#contract/runner/runner";
import type { BuildConfig } from "#contract/runner/runner";
import type { Clock } from "../platform/clock.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { DependencyPlace, Files } from "../platform/files.ts";
import { describeError, log } from "../platform/log.ts";
import type { BuildAnswer, BuildOrder, BuildWaiter } from "../runs/ports/dependency-builds.ts";
import type { Executor, LaunchResult } from "../runs/ports/executor.ts";
import { launchInRoom } from "../runs/ports/room.ts";
import type { Room } from "../runs/ports/room.ts";
import { buildLifeMs, nextBuildWake, stepBuild } from "./build-lifecycle.ts";
import type { BuildDuty, BuildEvent } from "./build-lifecycle.ts";
import { buildStateDocument } from "./build-state.ts";
import type { BuildState } from "./build-state.ts";
import { lookAtBuild } from "./read-build.ts";

const STATE_KEY = "build";
/** Who waits for a build that waits for room is told of the end, and asks by itself after so long. */
const ASK_AGAIN_MS = 60_000;

/** All that a build touches outside its own memory. */
export interface BuildDeps {
  storage: Pick<SyncKvStorage, "get" | "put" | "delete">;
  files: Files;
  executor: Pick<Executor, "build" | "readJournal" | "openBuilt" | "kill" | "killAttempt">;
  clock: Clock;
  armWake: (at: number) => void;
  /** Tells an attempt what became of what it waits for. */
  tell: (waiter: BuildWaiter, lines: readonly string[]) => Promise<void>;
  /** Gives out room for sandboxes. */
  room: Room;
}

/** By what the sandbox of a build is found and counted. */
function buildIdOf({ worker_id, bundle_digest }: BuildOrder): string {
  return `build_${worker_id}_${bundle_digest}`;
}

function placeOf({ worker_id, bundle_digest }: BuildOrder): DependencyPlace {
  return { workerId: worker_id, bundleDigest: bundle_digest };
}

function buildConfig({ install_timeout_seconds }: BuildOrder): BuildConfig {
  const value = (name: keyof typeof limits) => limits[name].value;
  return {
    mode: "build",
    attempt: 1,
    bundle_path: sandboxPaths.bundle,
    work_dir: sandboxPaths.work_dir,
    archive_path: sandboxPaths.dependencies,
    install_timeout_seconds,
    limits: {
      log_bytes: value("build_log_bytes") / 2,
      log_tail_bytes: value("build_log_bytes") / 8,
      log_line_bytes: value("log_line_bytes"),
      journal_post_bytes: value("journal_post_bytes"),
      dependencies_bytes: value("dependencies_bytes"),
    },
  };
}

/**
 * Builds the dependencies of one version, once, whoever asks. Feeds the lifecycle and has its duties performed; what it
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
      const facts = { build_id: buildIdOf(state.order), duty: duty.type, error: describeError(error) };
      log("error", "build.duty_failed", facts);
    } finally {
      this.#underWay.delete(key);
    }
  }

  readonly #duties: Record<BuildDuty["type"], (state: BuildState) => Promise<void>> = {
    launch: (state) => this.#launch(state),
    look: (state) => this.#look(state),
    store: (state) => this.#store(state),
    kill: (state) => this.#kill(state),
    tell: (state) => this.#tell(state),
    forget: async () => void this.#deps.storage.delete(STATE_KEY),
  };

  async #launch(state: BuildState): Promise<void> {
    const { order, attempt } = state;
    const claim = {
      run_id: buildIdOf(order),
      workspace_id: order.workspace_id,
      worker_id: order.worker_id,
      bundle_digest: order.bundle_digest,
      // All runs of the version may wait for it.
      priority: "high" as const,
      since: state.phase_since,
      lifetime_ms: buildLifeMs(order),
    };
    const launched = await launchInRoom(this.#deps.room, claim, () => this.#makeSandbox(state));
    if (launched === null) return;
    if (launched.kind === "launched")
      return this.dispatch({ type: "launched", attempt, sandbox_id: launched.sandboxId });
    const { code, message, waits = false, doubtful = false, asksAgainMs = null } = launched;
    const retry_after_ms = asksAgainMs ?? launched.retryAfterMs;
    const refusal = { code, message, retry_after_ms, waits, doubtful };
    return this.dispatch({ type: "refused", attempt, refusal });
  }

  async #makeSandbox({ order, attempt }: BuildState): Promise<LaunchResult> {
    const { executor, files } = this.#deps;
    const recover = this.#tried.has(attempt);
    this.#tried.add(attempt);
    const bundle = await files.getBundle(order.bundle_digest);
    if (bundle === null) throw new Error("the bundle is not in storage");
    let first: ReadableStream | null = bundle.body;
    return executor.build({
      buildId: buildIdOf(order),
      workspaceId: order.workspace_id,
      workerId: order.worker_id,
      attempt,
      recover,
      config: buildConfig(order),
      bundle: {
        size: bundle.size,
        open: async () => {
          const body = first ?? (await files.getBundle(order.bundle_digest))?.body;
          first = null;
          if (!body) throw new Error("the bundle is not in storage");
          return body;
        },
      },
      lifetimeMs: buildLifeMs(order),
    });
  }

  async #look({ attempt, sandbox_id }: BuildState): Promise<void> {
    if (sandbox_id === null) return;
    const look = await lookAtBuild(this.#deps.executor, sandbox_id);
    if (look) await this.dispatch({ type: "looked", attempt, look });
  }

  /** The archive streams from the sandbox into storage, which refuses it when it is not what the build had packed. */
  async #store({ order, attempt, sandbox_id, archive }: BuildState): Promise<void> {
    const { files, executor } = this.#deps;
    const place = placeOf(order);
    if ((await files.findDependencies(place)) === null) {
      if (archive === null) {
        const nothing = new Uint8Array();
        await files.putDependencies(place, nothing, { sha256: await sha256Hex(nothing), empty: true });
      } else {
        const read = sandbox_id === null ? null : await executor.openBuilt(sandbox_id);
        if (read?.kind !== "open") return this.dispatch({ type: "looked", attempt, look: { kind: "gone" } });
        const fixed = new FixedLengthStream(archive.size_bytes);
        const facts = { sha256: archive.sha256, empty: false };
        await Promise.all([
          read.body.pipeTo(fixed.writable),
          files.putDependencies(place, fixed.readable, facts),
        ]);
      }
    }
    await this.dispatch({ type: "stored", attempt });
  }

  async #tell({ lines }: BuildState): Promise<void> {
    const waiters = [...this.#waiters.values()];
    this.#waiters.clear();
    // Whoever is not reached asks again.
    await Promise.allSettled(waiters.map((waiter) => this.#deps.tell(waiter, lines)));
  }

  /** What is not reached ends with its own time. */
  async #kill({ order, attempt, sandbox_id }: BuildState): Promise<void> {
    const { executor, room } = this.#deps;
    const buildId = buildIdOf(order);
    await (sandbox_id === null ? executor.killAttempt(buildId, attempt) : executor.kill(sandbox_id));
    await room.giveBack(buildId);
  }
}
