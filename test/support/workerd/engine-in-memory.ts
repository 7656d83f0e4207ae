import { noEdgeAttempts } from "./no-edge-attempts.ts";
import { keepsNothing } from "../keeps-nothing.ts";
import { noCaps } from "../no-caps.ts";
import { noContexts } from "../no-contexts.ts";
import { setImmediate as turn, setTimeout as rest } from "node:timers/promises";
import type { LiveText } from "#contract/agents/live-text";
import type { RunEvent } from "#contract/runs/run-event";
import type { Files } from "../../../worker/platform/files.ts";
import { newId } from "../../../worker/platform/ids.ts";
import { guardEntries } from "../../../worker/platform/objects/carriers.ts";
import { Meter } from "../../../worker/platform/objects/meter.ts";
import { RunEngine } from "../../../worker/runs/engine/run-engine.ts";
import { RunStorage } from "../../../worker/runs/record/run-storage.ts";
import { createFakeExecutor } from "./fake-driver.ts";
import { KvInMemory } from "./kv-in-memory.ts";
import { sampleStart } from "./sample-spec.ts";

const TURNS = 2000;
const QUICK_TURNS = 100;

/** Storage in which no file lies and to which any text may go. */
const noFiles = {
  getBundle: async () => ({ size: 3 }),
  findRunFile: async () => null,
  getRunFile: async () => null,
  putRunOutputs: async () => undefined,
  putRunEvents: async () => undefined,
  deleteRunFilesBut: async () => undefined,
} as unknown as Files;

/** A run's engine without workerd, thousands of them in a moment: everything of its own is real, its world is not there. */
export class EngineInMemory {
  readonly kv = new KvInMemory();
  readonly executor = createFakeExecutor();
  readonly told: RunEvent[] = [];
  /** What was shown to those who watch. */
  readonly shown: LiveText[] = [];
  /** Values of the run's secrets, to be masked. */
  secretValues: string[] = [];
  released = 0;
  engine = this.#open();

  /** Forgets everything in memory, as an eviction does. */
  evict(): void {
    this.engine = this.#open();
  }

  /** Waits until `isDone`; some of what a run does is done on other threads. */
  async settle(isDone: () => boolean): Promise<void> {
    for (let turns = 0; turns < TURNS && !isDone(); turns++) await (turns < QUICK_TURNS ? turn() : rest(1));
  }

  #open(): RunEngine {
    const now = sampleStart;
    return new RunEngine({
      storage: new RunStorage(guardEntries(this.kv as unknown as SyncKvStorage), { rows: 0 }),
      files: noFiles,
      contexts: noContexts,
      spend: noCaps,
      executor: this.executor,
      edge: noEdgeAttempts,
      room: {
        ask: async () => ({ kind: "granted" }),
        turnedAway: async () => ({ kind: "wait", reason: "full", retry_after_ms: null }),
        keep: async () => false,
        giveBack: async () => 0,
      },
      dependencies: { ask: async () => ({ kind: "pending" }) },
      clock: () => now,
      after: (ms, act) => {
        const timer = setTimeout(act, ms);
        return () => clearTimeout(timer);
      },
      random: () => 0,
      newArtifactId: () => newId("art", now),
      mintRunToken: async () => "token",
      ownsLaunch: async (_runId, asked) => this.engine.ownsLaunch(asked),
      resolveSecrets: async () => ({ values: {}, bound: [] }),
      findConnections: async () => ({}),
      listValuesToMask: async () => this.secretValues,
      project: async () => 0,
      release: async () => {
        this.released += 1;
        return 0;
      },
      tell: async () => undefined,
      nudge: async () => undefined,
      isQueued: async () => true,
      pausedMs: async () => 0,
      listCalls: () => [],
      cancelRun: async () => true,
      broadcast: (events) => void this.told.push(...events),
      show: (live) => this.shown.push(live),
      watchers: () => 1,
      waitUntil: () => undefined,
      armWake: () => undefined,
      disarmWake: () => undefined,
      writes: keepsNothing,
      waits: {
        newApprovalId: () => newId("apr", now),
        newRunId: () => newId("run", now),
        signReview: async () => "signed",
        putApproval: async () => 0,
        queue: () => {
          throw new Error("No run of this test is approved.");
        },
        authorizes: async () => false,
      },
      meter: new Meter(() => now),
    });
  }
}
