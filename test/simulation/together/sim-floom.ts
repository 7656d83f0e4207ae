import { noEdgeAttempts } from "../../support/workerd/no-edge-attempts.ts";
import { keepsNothing } from "../../support/keeps-nothing.ts";
import { noCaps } from "../../support/no-caps.ts";
import { noContexts } from "../../support/no-contexts.ts";
import type { RunId } from "#contract/ids";
import type { RunnerConfig } from "#contract/runner/runner";
import type { RunSummary } from "#contract/runs/run";
import { AppError } from "../../../worker/platform/app-error.ts";
import type { AdmitRequest } from "../../../worker/queue/queue-api.ts";
import type { QueueRule } from "../../../worker/queue/admission.ts";
import type { RunQueueDeps } from "../../../worker/queue/run-queue.ts";
import type { EngineDeps } from "../../../worker/runs/engine/run-handle.ts";
import type { LaunchRequest } from "../../../worker/runs/ports/executor.ts";
import { buildRefused } from "../../../worker/runs/record/build-refused.ts";
import { buildConcurrency, buildQueueRule } from "../../../worker/runs/spec/build-concurrency.ts";
import type { RunSpec } from "../../../worker/runs/spec/run-spec.ts";
import type { ScheduleEntry } from "../../../worker/schedules/schedule-api.ts";
import type { DueStart } from "../../../worker/schedules/scheduler.ts";
import type { Random } from "../../support/random.ts";
import { numberedId } from "../../support/numbered-id.ts";
import { Builds } from "./builds.ts";
import type { Strike, Way } from "./faults.ts";
import { Provider } from "./provider.ts";
import { RunHome } from "./run-home.ts";
import type { Outside } from "./run-home.ts";
import { MemoryBucket } from "./storage-in-memory.ts";
import { Life } from "./surroundings.ts";
import type { Surroundings } from "./surroundings.ts";
import { buildSpec, drawVersion, workerId } from "./versions.ts";
import type { SimVersion } from "./versions.ts";
import { WorkerHome } from "./worker-home.ts";
import type { WorkerOutside } from "./worker-home.ts";

const MINUTE = 60_000;
/** How long a run that the provider turned away waits where nobody calls it. */
const TURNED_AWAY_MS = 30_000;

const isOver = (status: string | undefined) =>
  status === "completed" || status === "failed" || status === "cancelled";

/** Told of what must be judged at the very moment at which it happens. */
export interface Witness {
  launchAsked: (home: RunHome, request: LaunchRequest) => void;
  ordered: (home: RunHome, config: RunnerConfig) => void;
  /** The script begins. */
  begun: (home: RunHome) => void;
  started: (seq: number) => void;
}

/** Bugs put in on purpose: a simulation that does not find them proves nothing. */
export interface Tampering {
  engine?: (deps: EngineDeps) => EngineDeps;
  queue?: RunQueueDeps<RunSpec>["decide"];
  /** What fails besides, so often, for bugs that show only then. */
  strike?: Strike;
}

interface SimSetting {
  sql: SqlStorage;
  tampering: Tampering;
  silences: Random | null;
}

/** One worker with two versions, its object, the objects of its runs, and all that they reach. */
export class SimFloom {
  readonly homes = new Map<string, RunHome>();
  readonly bucket: MemoryBucket;
  readonly provider: Provider;
  readonly worker: WorkerHome;
  readonly versions: readonly SimVersion[];
  active: SimVersion;
  readonly schedules: ScheduleEntry[] = [];
  /** Every run that the queue took in, and the keys that they came with. */
  readonly admitted = new Set<string>();
  readonly #keys = new Set<string>();
  /** The lists people see, by run. */
  readonly rows = new Map<string, RunSummary["status"]>();
  readonly #rowSeqs = new Map<string, number>();
  /** Runs that the queue put on the record as failed, because their objects take nothing, and since when. */
  readonly givenUp = new Map<string, number>();
  /** By follow-up run: the run that asked. */
  readonly askedBy = new Map<string, string>();
  /** Nobody asks for new runs any more. */
  isClosing = false;
  witness: Witness = { launchAsked: () => {}, ordered: () => {}, begun: () => {}, started: () => {} };
  readonly #world: Surroundings;
  readonly #builds: Builds;
  readonly #tampering: Tampering;
  /** Says which objects fall silent, for how long; null for none. Apart from all other chance, so that histories stay. */
  readonly #silences: Random | null;
  #ids = 0;

  constructor(world: Surroundings, { sql, tampering, silences }: SimSetting) {
    this.#world = world;
    this.#silences = silences;
    this.#tampering = tampering;
    const first = drawVersion(world.random, 1);
    this.versions = [first, drawVersion(world.random, 2)];
    this.active = first;
    this.bucket = new MemoryBucket(world);
    for (const { digest, installs } of this.versions)
      this.bucket.put(`bundles/${digest}.zip`, { customMetadata: { installs: installs ? "yes" : "no" } });
    this.provider = new Provider(world, async (runId, post) =>
      this.#reach(runId, (home) => home.takeJournal(post)),
    );
    this.#builds = new Builds(
      world,
      this.bucket,
      (runId, news) => void this.#reach(runId, (home) => home.takeBuild(news)),
    );
    this.worker = new WorkerHome(world, sql, (life) => this.#outsideOfWorker(life));
  }

  freshId(): RunId {
    return numberedId("run", (this.#ids += 1));
  }

  home(runId: string): RunHome {
    const known = this.homes.get(runId);
    if (known) return known;
    const home = new RunHome(this.#world, runId, {
      outside: (life, of) => this.#outsideOfRun(life, of),
      tamper: this.#tampering.engine ?? ((deps) => deps),
    });
    home.isPoison = this.#world.random.chance(0.02);
    this.homes.set(runId, home);
    if (this.#silences?.chance(0.4)) {
      const from = this.#world.now + this.#silences.below(this.#silences.pick([1, 60_000, 600_000]) ?? 1);
      home.fallSilent(from, MINUTE * (10 + this.#silences.below(120)));
    }
    return home;
  }

  #reach<T>(runId: string, act: (home: RunHome) => T | Promise<T>): T | Promise<T> {
    return this.home(runId).reach(act);
  }

  /** A message to the worker's object, from somebody who may go away as well. */
  async toWorker<T>(act: (worker: WorkerHome) => T | Promise<T>): Promise<T | undefined> {
    try {
      return await this.#world.call(new Life(() => {}), "queue", () => act(this.worker));
    } catch {
      return undefined;
    }
  }

  #outsideOfRun(life: Life, home: RunHome): Outside {
    const call = <T>(way: Way, act: () => T | Promise<T>) => this.#world.call(life, way, act);
    return {
      files: this.bucket.files(life),
      contexts: noContexts,
      spend: noCaps,
      edge: noEdgeAttempts,
      executor: this.provider.executor(life, {
        launchAsked: (request) => this.witness.launchAsked(home, request),
        ordered: (config) => this.witness.ordered(home, config),
        begun: () => this.witness.begun(home),
      }),
      ownsLaunch: (runId, asked) =>
        call("own_launch", () => this.#reach(runId, (of) => of.ownsLaunch(asked))),
      // The line for room has a simulation of its own (worker/sandboxes): here everybody is let try, and sometimes turned away.
      room: {
        ask: async () => ({ kind: "granted" }),
        turnedAway: async (_claim, retryAfterMs) => ({
          kind: "wait",
          reason: "full",
          retry_after_ms: retryAfterMs ?? TURNED_AWAY_MS,
        }),
        keep: async () => false,
        giveBack: async () => 0,
      },
      dependencies: { ask: (order, waiter) => call("builds", () => this.#builds.ask(order, waiter)) },
      after: (ms, act) => this.#world.timers.after(ms, act),
      newArtifactId: () => numberedId("art", (this.#ids += 1)),
      mintRunToken: async () => "token",
      findConnections: async () => ({}),
      resolveSecrets: async (_workspace, { names }) =>
        names.length === 0
          ? { values: {}, bound: [] }
          : call("secrets", () => ({
              values: Object.fromEntries(names.map((name) => [name, "a value"])),
              bound: [],
            })),
      // Away for ever or not at all: a fault by chance here would be one more draw in every history.
      listValuesToMask: async (_workspace, { names }) => {
        if (names.length > 0 && this.#world.faults.isBroken("secrets")) throw new Error("secrets: no answer");
        return names.map(() => "a value");
      },
      project: ({ eventSeq }, summary) =>
        call("rows", () => {
          // As the table has it: an ended run's row is final, and what an earlier event says changes nothing.
          const isOld = eventSeq < (this.#rowSeqs.get(summary.run_id) ?? 0);
          if (isOld || isOver(this.rows.get(summary.run_id))) return 0;
          this.rows.set(summary.run_id, summary.status);
          this.#rowSeqs.set(summary.run_id, eventSeq);
          return 2;
        }),
      release: (_worker, runId) =>
        call("release", () => {
          this.worker.queue.release(runId);
          return 1;
        }),
      tell: async () => undefined,
      nudge: () => call("queue", () => this.worker.queue.startDue()),
      isQueued: (_worker, runId) => call("queue", () => this.worker.queue.awaits(runId)),
      pausedMs: (_worker, runId) => call("queue", () => this.worker.queue.pausedMs(runId)),
      cancelRun: (runId) => call("runs", () => this.#reach(runId, (of) => of.cancel())),
      writes: keepsNothing,
      waits: {
        newApprovalId: () => numberedId("apr", (this.#ids += 1)),
        newRunId: () => this.freshId(),
        signReview: async () => "link",
        putApproval: () => call("rows", () => 1),
        queue: () => ({
          admit: (request) =>
            call("queue", () => {
              this.askedBy.set(request.run.run_id, home.id);
              return this.worker.queue.admit(request);
            }),
          forbid: (claim, runId) => call("queue", () => this.worker.queue.forbid(claim, runId)),
        }),
        authorizes: (approval, runId) =>
          call("runs", () =>
            this.#reach(approval.run_id, (of) => of.open().wait.authorizes(approval.id, runId)),
          ),
      },
    };
  }

  #outsideOfWorker(life: Life): WorkerOutside {
    const call = <T>(way: Way, act: () => T | Promise<T>) => this.#world.call(life, way, act);
    return {
      decide: this.#tampering.queue,
      onStarted: (seq) => this.witness.started(seq),
      onAdmitted: (runId, key) => {
        this.admitted.add(runId);
        if (key !== null && this.#keys.has(key)) this.#world.blame(`${key} has started two runs`);
        if (key !== null) this.#keys.add(key);
      },
      queue: {
        handOver: (run, go) => {
          const toldAt = this.#world.now;
          return call("hand_over", () => this.#reach(run.run_id, (home) => home.accept(run, go, toldAt)));
        },
        supersede: async (run, started) => {
          const toldAt = this.#world.now;
          const { ended } = await call("hand_over", () =>
            this.#reach(run.run_id, (home) => home.accept(run, started, toldAt)),
          );
          if (!ended)
            await call("hand_over", () => this.#reach(run.run_id, (home) => home.cancel("superseded")));
          return { ended };
        },
        enlist: (runs) =>
          call("rows", () => {
            for (const { run_id } of runs) if (!this.rows.has(run_id)) this.rows.set(run_id, "queued");
          }),
        giveUp: (run) =>
          call("rows", () => {
            // A run that has ended, or asks people, needs its place no more and has not failed.
            const known = this.rows.get(run.run_id);
            if (isOver(known) || known === "pending_approval") return;
            const { summary } = buildRefused(run, this.#world.now);
            this.rows.set(run.run_id, summary.status);
            if (!this.givenUp.has(run.run_id)) this.givenUp.set(run.run_id, this.#world.now);
            this.#world.note(`${run.run_id} is given up by its queue`);
          }),
      },
      schedules: (follow) => ({
        reconcile: async () => {
          const found = await call("reconcile", () => ({
            entries: [...this.schedules],
            rule: buildQueueRule(this.active.concurrency),
          }));
          follow(found.rule);
          return found.entries;
        },
        prepare: (due) => call("prepare", () => this.#prepare(due)),
      }),
    };
  }

  /** What a schedule starts: a run of the version that is active at that moment. */
  #prepare({ entry, key }: DueStart): Promise<AdmitRequest<RunSpec>> {
    if (this.isClosing) throw new AppError("worker_paused", "Nothing more is started.");
    return this.order(this.active, { key, customer: entry.name });
  }

  /** A request for a run of a version. */
  async order(
    version: SimVersion,
    { key, customer }: { key: string; customer: string },
  ): Promise<AdmitRequest<RunSpec>> {
    const inputs = { customer };
    const run = buildSpec(version, { id: this.freshId(), inputs, now: this.#world.now });
    const priority = this.#world.random.pick(["low", "normal", "normal", "high"] as const) ?? "normal";
    const concurrency = await buildConcurrency(version.concurrency, inputs);
    return { run: { ...run, priority }, idempotency: { key, digest: key }, concurrency };
  }

  /** Makes a version the active one, as a push does: the worker's object is told before and after. */
  async activate(version: SimVersion): Promise<void> {
    await this.toWorker(({ scheduler }) => scheduler.expectTriggers(workerId));
    this.active = version;
    this.#world.note(`version ${version.number} is active`);
    await this.toWorker(({ scheduler }) => scheduler.settleTriggers());
  }

  /** What the worker's places are, as its active version says; for who judges. */
  static placesOf(active: QueueRule | null, own: { limit: number; total: number }): typeof own {
    return {
      limit: Math.min(own.limit, active?.limit ?? Infinity),
      total: Math.min(own.total, active?.total ?? Infinity),
    };
  }
}
