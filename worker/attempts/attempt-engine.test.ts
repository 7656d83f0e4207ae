import { beforeEach, expect, it } from "vitest";
import type { JournalAnswer, JournalEntry } from "#contract/runner/runner";
import { KvInMemory } from "../../test/support/workerd/kv-in-memory.ts";
import { buildSampleSpec, sampleStart } from "../../test/support/workerd/sample-spec.ts";
import { sampleTool } from "../../test/support/http/sample-tool.ts";
import { verifies } from "../../test/verifies.ts";
import { AttemptEngine } from "./attempt-engine.ts";
import type { AttemptDeps } from "./attempt-engine.ts";
import { AttemptStorage } from "./attempt-storage.ts";
import type { Program, StepReport } from "./program.ts";

const spec = buildSampleSpec({ http: { tool: sampleTool() } });
const order = { spec, attempt: 1, contexts: [] };
const STEPS = 3;

let kv: KvInMemory;
let now: number;
let armed: number[];
/** What the run has of the journal, and what it answers to a post. */
let heard: string;
let answer: (next: number) => JournalAnswer | null;
/** How often each step has begun. */
let begun: number[];
let before: (step: number, signal: AbortSignal) => Promise<void>;

const entry = (text: string): JournalEntry => ({
  type: "log",
  at: now,
  stream: "stdout",
  level: "info",
  text,
});
const result = (): JournalEntry => ({
  type: "result",
  at: now,
  outcome: "success",
  error_code: null,
  error: null,
  error_raw: null,
  exit_code: null,
  outputs: {},
  usage: { wall_ms: 0, cpu_ms: 0, max_memory_bytes: 0, log_bytes: 0 },
});

/** Says three things, one in each step, and remembers how far it is. */
const countingProgram: Program = {
  step: async (signal): Promise<StepReport> => {
    const step = kv.get<number>("program:step") ?? 0;
    begun[step] = (begun[step] ?? 0) + 1;
    await before(step, signal);
    const save = () => kv.put("program:step", step + 1);
    if (step === STEPS) return { entries: [result()], next: { kind: "ended" }, save };
    return { entries: [entry(`step ${step}`)], next: { kind: "again" }, save };
  },
};

function open(change: Partial<AttemptDeps> = {}): AttemptEngine {
  return new AttemptEngine({
    storage: new AttemptStorage(kv),
    clock: () => now,
    random: () => 0,
    armWake: (at) => void armed.push(at),
    openProgram: () => countingProgram,
    post: async (_runId, { offset, body }) => {
      if (offset === heard.length) heard += new TextDecoder().decode(body);
      return answer(heard.length);
    },
    ...change,
  });
}

const lines = () => heard.split("\n").filter((line) => line !== "");

/** Wakes the attempt as often as it wishes; each time by `next`, which may be another life of it. */
async function wakeAll(next: () => AttemptEngine): Promise<void> {
  for (let wakes = 0; wakes < 40; wakes += 1) {
    const engine = next();
    const at = engine.wakeAt();
    if (at === null) return;
    now = Math.max(now, at);
    await engine.wake();
  }
}

beforeEach(() => {
  kv = new KvInMemory();
  now = sampleStart;
  armed = [];
  heard = "";
  begun = [];
  answer = (next) => ({ next_offset: next, flush_ms: 1, heartbeat_ms: 1, stop: false });
  before = async () => {};
});

it("does one step in each wake-up, and tells the run of each once", async () => {
  verifies("run:edge:as-a-sandbox");
  const engine = open();
  expect(engine.bind(1)).toBe(1);
  expect(engine.begin(order)).toBe(true);
  expect(armed).toEqual([sampleStart]);
  await wakeAll(() => engine);
  expect(lines()).toHaveLength(STEPS + 1);
  expect(begun).toEqual([1, 1, 1, 1]);
  expect(engine.wakeAt()).toBeNull();
});

it("goes on from what is stored when its object goes away between any two steps", async () => {
  verifies("run:edge:as-a-sandbox");
  const first = open();
  first.bind(1);
  first.begin(order);
  await wakeAll(() => open());
  expect(lines().map((line) => (JSON.parse(line) as { text?: string }).text)).toEqual([
    "step 0",
    "step 1",
    "step 2",
    undefined,
  ]);
  expect(begun).toEqual([1, 1, 1, 1]);
});

it("hands over what a run has not heard, once it can be reached again", async () => {
  let isAway = true;
  const post: AttemptDeps["post"] = async (_runId, { offset, body }) => {
    if (isAway) throw new Error("The run's object is away.");
    if (offset === heard.length) heard += new TextDecoder().decode(body);
    return answer(heard.length);
  };
  const engine = open({ post });
  engine.bind(1);
  engine.begin(order);
  for (let wakes = 0; wakes <= STEPS; wakes += 1) await engine.wake();
  expect(heard).toBe("");
  const again = engine.wakeAt();
  expect(again).toBeGreaterThan(now);
  isAway = false;
  await wakeAll(() => engine);
  expect(lines()).toHaveLength(STEPS + 1);
});

it("is bound to the try that asked first, and begins once", () => {
  const engine = open();
  expect(engine.bind(2)).toBe(2);
  expect(engine.bind(3)).toBe(2);
  expect(engine.begin(order)).toBe(true);
  const wakes = armed.length;
  expect(open().begin(order)).toBe(true);
  expect(armed).toHaveLength(wakes);
});

it("never begins once it was stopped, whether or not anybody knew of it", () => {
  const engine = open();
  engine.stop();
  expect(engine.begin(order)).toBe(false);
  expect(open().wakeAt()).toBeNull();
  expect(open().read(0, 100)).toEqual({ bytes: new Uint8Array(), isAlive: false });
});

it("hears nothing of a step that was under way as it was stopped, and tells that step", async () => {
  const engine = open();
  engine.bind(1);
  engine.begin(order);
  let aborted = false;
  before = async (_step, signal) => {
    engine.stop();
    aborted = signal.aborted;
  };
  await engine.wake();
  expect(aborted).toBe(true);
  expect(heard).toBe("");
  expect(kv.get("program:step")).toBeUndefined();
  expect(engine.wakeAt()).toBeNull();
});

it("stops where the run wants to hear no more", async () => {
  const engine = open();
  engine.bind(1);
  engine.begin(order);
  answer = (next) => ({ next_offset: next, flush_ms: 1, heartbeat_ms: 1, stop: true });
  await wakeAll(() => engine);
  expect(begun).toEqual([1]);
});

it("tries a step again that failed through our own fault, ever later, and ends as our failure", async () => {
  before = async () => {
    throw new Error("The storage is away.");
  };
  const engine = open();
  engine.bind(1);
  engine.begin(order);
  const times: number[] = [];
  for (let wakes = 0; wakes < 20 && engine.wakeAt() !== null; wakes += 1) {
    now = Math.max(now, engine.wakeAt() ?? now);
    times.push(now);
    await engine.wake();
  }
  expect(times.length).toBeGreaterThan(5);
  expect(begun[0]).toBe(8);
  expect(JSON.parse(lines().at(-1) ?? "")).toMatchObject({ type: "result", error_code: "internal_error" });
});

it("is asked again at once by whoever has what it waits for, also while a step is under way", async () => {
  const late = sampleStart + 3_600_000;
  const waits: Program = { step: async () => ({ entries: [], next: { kind: "at", at: late } }) };
  const engine = open({ openProgram: () => waits });
  engine.bind(1);
  engine.begin(order);
  await engine.wake();
  expect(engine.wakeAt()).toBe(late);
  engine.call();
  expect(engine.wakeAt()).toBe(now);
  const called: Program = {
    step: async () => {
      other.call();
      return { entries: [], next: { kind: "at", at: late } };
    },
  };
  const other = open({ openProgram: () => called });
  await other.wake();
  expect(other.wakeAt()).toBe(now);
});

it("reads the journal from any byte on", async () => {
  const engine = open();
  engine.bind(1);
  engine.begin(order);
  await wakeAll(() => engine);
  const all = new TextEncoder().encode(heard);
  for (const [offset, most] of [
    [0, 10],
    [7, 200],
    [heard.length - 3, 100],
    [heard.length, 100],
    [60, 130],
  ] as const) {
    const read = engine.read(offset, most)?.bytes ?? new Uint8Array();
    expect(read).toEqual(all.subarray(offset, offset + read.byteLength));
    expect(read.byteLength).toBe(Math.min(most, all.byteLength - offset));
  }
});
