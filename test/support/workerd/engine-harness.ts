import type { EngineDeps } from "../../../worker/runs/engine/run-handle.ts";
import type { RunId } from "#contract/ids";
import { env, runInDurableObject } from "cloudflare:test";
import type { RunSummary } from "#contract/runs/run";
import type { RunEvent } from "#contract/runs/run-event";
import type { JournalEntry } from "#contract/runner/runner";
import type { RunNotice } from "../../../worker/runs/record/build-notice.ts";
import { createContextPort } from "../../../worker/contexts/mount-service.ts";
import { createDb } from "../../../worker/platform/db/client.ts";
import { createFiles } from "../../../worker/platform/files.ts";
import { newId } from "../../../worker/platform/ids.ts";
import { guardEntries } from "../../../worker/platform/objects/carriers.ts";
import { Meter } from "../../../worker/platform/objects/meter.ts";
import type { ApprovalRecord } from "#contract/approvals/approval";
import type { BuildAnswer, BuildOrder, BuildWaiter } from "../../../worker/runs/ports/dependency-builds.ts";
import type { EdgeAttempts } from "../../../worker/runs/ports/edge-attempts.ts";
import type { RestingSandbox, Room, RoomClaim, RoomVerdict } from "../../../worker/runs/ports/room.ts";
import type { WaitDeps } from "../../../worker/runs/engine/approval-effects.ts";
import type { AdmitReply } from "../../../worker/queue/queue-api.ts";
import { RunStorage } from "../../../worker/runs/record/run-storage.ts";
import { RunEngine } from "../../../worker/runs/engine/run-engine.ts";
import type { RunSpec } from "../../../worker/runs/spec/run-spec.ts";
import { noCaps } from "../no-caps.ts";
import type { RowPlace } from "../../../worker/runs/record/row-store.ts";
import type { SpendPort } from "../../../worker/runs/ports/spend.ts";
import { keepsNothing } from "../keeps-nothing.ts";
import type { RunWrites } from "../../../worker/runs/ports/run-writes.ts";
import { evictsAlways } from "./eviction.ts";
import { createFakeExecutor, toJournal } from "./fake-driver.ts";
import type { FakeExecutor } from "./fake-driver.ts";
import { buildSampleSpec, sampleStart } from "./sample-spec.ts";

/** A run's engine over the real tables of a Durable Object, with a clock and a sandbox provider held by the test. */
export interface EngineHarness {
  readonly engine: RunEngine;
  /** What the builder of dependencies was asked, and its next answers; afterwards they are always being built. */
  asked: BuildWaiter[];
  orders: BuildOrder[];
  buildAnswers: BuildAnswer[];
  driver: FakeExecutor;
  /** What the keeper of room was asked, and its next answers; afterwards there is room. */
  claims: RoomClaim[];
  roomAnswers: RoomVerdict[];
  /** Sandboxes that were left for another run, and whether they are taken. */
  resting: RestingSandbox[];
  keeps: boolean;
  /** Ids for which the room was given back, or the provider had none. */
  givenBack: string[];
  turnedAway: string[];
  clock: { now: number };
  wakes: number[];
  /** How often it was said that none is needed any more. */
  wakesLetGo: number;
  projected: RunSummary[];
  /** The numbers of the events that the projected rows tell of. */
  projectedSeqs: number[];
  /** What the projected rows say of money. */
  spent: NonNullable<RowPlace["spend"]>[];
  released: string[];
  /** What the worker's object was told for its alerts. */
  news: RunNotice[];
  /** Ids of the runs that the run has called, and of those it had cancelled. */
  calls: string[];
  /** Attempts of the edge that were told that they are answered, each as often as it was. */
  woken: number[];
  cancelled: string[];
  resolveSecrets: EngineDeps["resolveSecrets"];
  listValuesToMask: () => Promise<string[]>;
  /** The stores that the run writes to. */
  writes: RunWrites;
  /** What caps leave the run. */
  spend: SpendPort;
  /** What the queue says to whoever asks whether it still waits for the run. */
  isQueued: () => Promise<boolean>;
  /** Rows of lists cannot be written. */
  listsAreAway: boolean;
  /** Whether the objects of other runs know them yet. */
  isHandedOver: boolean;
  /** Approvals as they were written for the inbox, and follow-up runs as the queue took them, by key. */
  approvals: ApprovalRecord[];
  followUps: Map<string, RunSpec>;
  /** Keys that start nothing any more, with what they find. */
  forbidden: Map<string, RunId>;
  /** Refusals of the queue for the next follow-up runs, in order. */
  admitAnswers: AdmitReply[];
  /** Which follow-up run the record of another run lets act, as `<approval>:<run>`. */
  authorized: Set<string>;
  broadcast: RunEvent[];
  meter: Meter;
  watchers: number;
  /** Forgets everything in memory, as an eviction does: a new engine over the same tables. */
  evict(): void;
  /** Posts entries as the runner would, from where its journal stands. */
  post(
    entries: readonly JournalEntry[],
    options?: { attempt?: number; launch?: number; offset?: number },
  ): Promise<void>;
}

export const start = sampleStart;

export function buildTestSpec(change: Partial<RunSpec> = {}): RunSpec {
  return buildSampleSpec(change);
}

export function logEntry(text: string): JournalEntry {
  return { type: "log", at: start, stream: "stdout", level: "info", text };
}

export function resultEntry(change: Partial<JournalEntry & { type: "result" }> = {}): JournalEntry {
  return {
    type: "result",
    at: start,
    outcome: "success",
    error_code: null,
    error: null,
    error_raw: null,
    exit_code: 0,
    outputs: {},
    usage: { wall_ms: 10, cpu_ms: 5, max_memory_bytes: 1, log_bytes: 0 },
    ...change,
  };
}

/** Runs `body` with an engine inside a fresh object; the bundle it asks for is in storage. */
export async function withEngine(body: (harness: EngineHarness) => Promise<void>): Promise<void> {
  const id = env.RUN_OBJECT.newUniqueId();
  await env.FILES.put(`bundles/${"b".repeat(64)}.zip`, "zip");
  await runInDurableObject(env.RUN_OBJECT.get(id), async (_instance, state) => {
    await body(buildHarness(state));
  });
}

/** Runs `body` with an engine over entries as they lie in a run's storage. */
export async function withStoredRun(
  entries: readonly [key: string, value: unknown][],
  body: (harness: EngineHarness) => Promise<void>,
): Promise<void> {
  const id = env.RUN_OBJECT.newUniqueId();
  await env.FILES.put(`bundles/${"b".repeat(64)}.zip`, "zip");
  await runInDurableObject(env.RUN_OBJECT.get(id), async (_instance, state) => {
    for (const [key, value] of entries) state.storage.kv.put(key, value);
    await body(buildHarness(state));
  });
}

/** Tells when no work is under way. */
class IdleMeter extends Meter {
  #underWay = 0;

  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  override async awake<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await super.awake(work);
    } finally {
      this.#underWay -= 1;
    }
  }
}

function buildHarness(state: DurableObjectState): EngineHarness {
  const driver = createFakeExecutor();
  const clock = { now: start };
  const meter = new IdleMeter(() => clock.now);
  let current: RunEngine;
  let offset = 0;
  const harness: EngineHarness = {
    asked: [],
    orders: [],
    buildAnswers: [],
    get engine() {
      // An object goes only when its work has come to an end.
      if (evictsAlways && meter.isIdle) harness.evict();
      return current;
    },
    driver,
    claims: [],
    roomAnswers: [],
    resting: [],
    keeps: true,
    givenBack: [],
    turnedAway: [],
    clock,
    wakes: [],
    wakesLetGo: 0,
    projected: [],
    projectedSeqs: [],
    spent: [],
    released: [],
    news: [],
    calls: [],
    woken: [],
    cancelled: [],
    writes: keepsNothing,
    spend: noCaps,
    isQueued: async () => true,
    listsAreAway: false,
    isHandedOver: true,
    resolveSecrets: async () => ({ values: {}, bound: [] }),
    listValuesToMask: async () => [],
    approvals: [],
    followUps: new Map(),
    forbidden: new Map(),
    admitAnswers: [],
    authorized: new Set(),
    broadcast: [],
    meter,
    watchers: 0,
    evict() {
      current = build();
    },
    async post(entries, options = {}) {
      const body = toJournal(entries);
      const from = options.offset ?? offset;
      const attempt = options.attempt ?? 1;
      const launch = options.launch ?? driver.numbers.get(attempt) ?? 1;
      const { engine } = harness;
      await engine.prepareIntake();
      offset = engine.takeJournal({ attempt, launch, offset: from, body }).next_offset;
      await settled();
    },
  };
  function build(): RunEngine {
    return new RunEngine({
      storage: new RunStorage(guardEntries(state.storage.kv), harness.meter),
      files: createFiles(env.FILES),
      contexts: createContextPort({
        db: createDb(env.DB),
        files: createFiles(env.FILES),
        clock: () => clock.now,
      }),
      spend: {
        findLeft: (spender) => harness.spend.findLeft(spender),
        findWarnings: (spender) => harness.spend.findWarnings(spender),
        watch: (run) => harness.spend.watch(run),
      },
      executor: driver,
      edge: buildEdge(harness),
      room: buildRoom(harness),
      dependencies: {
        ask: async (order, waiter) => {
          harness.asked.push(waiter);
          harness.orders.push(order);
          return harness.buildAnswers.shift() ?? { kind: "pending" };
        },
      },
      clock: () => clock.now,
      after: (ms, act) => {
        const timer = setTimeout(act, ms);
        return () => clearTimeout(timer);
      },
      random: () => 0,
      newArtifactId: () => newId("art", clock.now),
      mintRunToken: async ({ run_id, attempt, launch }) => `wrt_${run_id}_${attempt}_${launch}`,
      ownsLaunch: async (_runId, asked) => current.ownsLaunch(asked),
      findConnections: async () => ({}),
      resolveSecrets: (...asked) => harness.resolveSecrets(...asked),
      listValuesToMask: () => harness.listValuesToMask(),
      project: async (place, summary) => {
        if (harness.listsAreAway) throw new Error("the database is away");
        harness.projectedSeqs.push(place.eventSeq);
        harness.projected.push(summary);
        if (place.spend) harness.spent.push(place.spend);
        return 0;
      },
      release: async (_workerId, runId, news) => {
        harness.released.push(runId);
        if (news) harness.news.push(news);
        return 0;
      },
      tell: async (_workerId, news) => void harness.news.push(news),
      nudge: async () => {},
      isQueued: async () => harness.isQueued(),
      pausedMs: async () => 0,
      listCalls: () => harness.calls,
      cancelRun: async (runId) => {
        harness.cancelled.push(runId);
        return harness.isHandedOver;
      },
      broadcast: (events) => void harness.broadcast.push(...events),
      show: () => undefined,
      watchers: () => harness.watchers,
      waitUntil: (work) => state.waitUntil(work),
      armWake: (at) => void harness.wakes.push(at),
      disarmWake: () => void (harness.wakesLetGo += 1),
      writes: {
        prepare: (run, of) => harness.writes.prepare(run, of),
        decide: (run, attempt) => harness.writes.decide(run, attempt),
      },
      waits: buildWaits(harness),
      meter: harness.meter,
    });
  }
  harness.evict();
  return harness;
}

/** Attempts that the edge carries out, as the fake provider has its sandboxes. */
function buildEdge({ driver, woken }: EngineHarness): EdgeAttempts {
  return {
    launch: async ({ spec, attempt, launch, order }) => {
      if (!(await order({ launch }))) return { kind: "overtaken" };
      driver.numbers.set(attempt, launch);
      return { kind: "launched", sandboxId: `edge:${spec.run_id}:${attempt}`, launch };
    },
    readJournal: (...asked) => driver.readJournal(...asked),
    openFile: (...asked) => driver.openFile(...asked),
    kill: (id) => driver.kill(id),
    killAttempt: (...asked) => driver.killAttempt(...asked),
    wake: async (_runId, attempt) => void woken.push(attempt),
    forget: async () => {},
  };
}

/** Whoever gives out room; who finds none is told so as by the real one. */
function buildRoom(harness: EngineHarness): Room {
  return {
    ask: async (claim) => {
      harness.claims.push(claim);
      return harness.roomAnswers.shift() ?? { kind: "granted" };
    },
    turnedAway: async ({ run_id }) => {
      harness.turnedAway.push(run_id);
      return { kind: "wait", reason: "no more sandboxes right now", retry_after_ms: null };
    },
    keep: async (resting) => {
      harness.resting.push(resting);
      return harness.keeps;
    },
    giveBack: async (runId) => {
      harness.givenBack.push(runId);
      return 0;
    },
  };
}

/** The queue takes a follow-up run once for each key, as the real one does. */
function buildWaits(harness: EngineHarness): WaitDeps {
  const { clock } = harness;
  return {
    newApprovalId: () => newId("apr", clock.now),
    newRunId: () => newId("run", clock.now),
    signReview: async (approval) => `signed-${approval.id}`,
    putApproval: async (approval) => harness.approvals.push(structuredClone(approval)),
    queue: () => ({
      admit: async ({ run, idempotency }) => {
        const answer = harness.admitAnswers.shift();
        if (answer) return answer;
        const key = idempotency?.key ?? "";
        const known = harness.followUps.get(key)?.run_id ?? harness.forbidden.get(key);
        if (known) return { kind: "repeat", run_id: known };
        harness.followUps.set(key, run);
        return { kind: "admitted", run_id: run.run_id, started: true, wait: null };
      },
      forbid: async ({ key }, runId) => {
        const known = harness.followUps.get(key);
        if (known) return { kind: "repeat", run_id: known.run_id };
        harness.forbidden.set(key, runId);
        return { kind: "new" };
      },
    }),
    authorizes: async (approval, runId) => harness.authorized.has(`${approval.id}:${runId}`),
  };
}

/** Lets effects that were started behind an answer come to their end: storage in the test answers in a few turns. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 1));
}
