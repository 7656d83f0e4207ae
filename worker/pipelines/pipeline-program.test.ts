import { describe, expect, it } from "vitest";
import type { RunId } from "#contract/ids";
import type { CalledRun } from "#contract/calls/call";
import type { Json } from "#contract/json";
import type { RunnerResult } from "#contract/runner/runner";
import { buildFailure } from "#contract/runs/run-failure";
import { stageNameSchema } from "#contract/pipelines/stage";
import type { KeptStage, StageView } from "#contract/pipelines/stage";
import { verifies } from "../../test/verifies.ts";
import { newId } from "../platform/ids.ts";
import { parseManifest } from "../registry/parse-manifest.ts";
import { isObject } from "../registry/actions/compile-schema.ts";
import type { GateReply, ToolWish } from "../tools/gate-api.ts";
import { PipelineProgram } from "./pipeline-program.ts";
import type { PlanDeps } from "./plan-desk.ts";
import type { PipelineState } from "./pipeline-state.ts";

type Inputs = Record<string, Json>;
/** What a worker of the test does with its inputs; a text is why it fails. */
type Work = (inputs: Inputs, tries: number) => Inputs | string;

/** A pipeline over workers of the test; each of its lives knows only what was saved. */
class Bench {
  readonly calls: ToolWish[] = [];
  readonly children = new Map<string, CalledRun & { polls: number }>();
  readonly inputs: Inputs;
  kept: readonly KeptStage[] = [];
  readonly lines: string[] = [];
  stages: StageView[] = [];
  result: RunnerResult | null = null;
  now = 1_000_000;
  saved: string | null = null;
  /** How often it has asked after a run. */
  reads = 0;
  /** How many runs were under way at once. */
  most = 0;
  /** Looks that a child takes to end. */
  polls = 1;
  answer: ((wish: ToolWish) => GateReply | null) | null = null;
  plans: PlanDeps = {
    tool: "approve_plan",
    input_schema: {},
    findTargets: async () => new Map(),
    before: null,
  };
  isEdited: (wish: ToolWish) => boolean = () => false;
  /** Runs by stage and inputs. */
  readonly cached = new Map<string, string>();
  readonly #ids = new Map<string, RunId>();
  readonly #pipeline;
  readonly #workers: Record<string, Work>;

  constructor(stages: string, { inputs = {}, workers }: { inputs?: Inputs; workers: Record<string, Work> }) {
    const fields = Object.keys(inputs).map((name) => `{name: ${name}, type: json}`);
    const yaml = `schema_version: "0.3"\nname: the-pipeline\ntitle: Test\nversion: 0.1.0\nexec: {mode: pipeline, inputs: [${fields.join(", ")}]}\n${stages}`;
    const { manifest, findings } = parseManifest(yaml);
    if (manifest?.pipeline === undefined) throw new Error(JSON.stringify(findings, null, 1));
    this.#pipeline = manifest.pipeline;
    this.#workers = workers;
    this.inputs = inputs;
  }

  /** A new life of the attempt's object. */
  open(): PipelineProgram {
    return new PipelineProgram({
      pipeline: this.#pipeline,
      inputs: this.inputs,
      kept: this.kept,
      tool: "invoke_worker",
      tool_when_approved: "asks_first",
      plans: this.plans,
      cache: {
        find: async ({ name }, inputs) => {
          const id = this.cached.get(JSON.stringify([name, inputs]));
          return id === undefined ? null : this.#read(id);
        },
        keep: async ({ name }, inputs, id) => void this.cached.set(JSON.stringify([name, inputs]), id),
      },
      call: async (wish) => this.answer?.(wish) ?? this.#begin(wish),
      tellRest: async () => {},
      readChild: async (id) => this.#read(id),
      load: () => (this.saved === null ? null : (JSON.parse(this.saved) as PipelineState)),
      save: (state) => void (this.saved = JSON.stringify(state)),
      clock: () => this.now,
    });
  }

  /** The same call is the same run, as the called worker's queue has it. */
  #begin(wish: ToolWish): GateReply {
    this.calls.push(wish);
    const runId = this.#ids.get(wish.call_id) ?? newId("run", this.now);
    this.#ids.set(wish.call_id, runId);
    if (!this.children.has(runId)) {
      const { id: named, inputs } = isObject(wish.arguments) ? wish.arguments : {};
      const id = typeof named === "string" ? named : "";
      const tries = Number(/~(\d+)$/.exec(wish.call_id)?.[1] ?? 0);
      const done = this.#workers[id]?.(isObject(inputs) ? inputs : {}, tries) ?? "unknown worker";
      this.children.set(runId, {
        run_id: runId,
        worker: id,
        status: typeof done === "string" ? "failed" : "completed",
        outputs: typeof done === "string" ? {} : done,
        failure: typeof done === "string" ? buildFailure("execution_error", done) : null,
        polls: this.polls,
      });
    }
    const running = [...this.children.values()].filter(({ polls }) => polls > 0).length;
    this.most = Math.max(this.most, running);
    return {
      kind: "answered",
      edited: this.isEdited(wish),
      answer: { ok: true, content: { ok: false, run_id: runId } },
    };
  }

  #read(id: string): CalledRun {
    this.reads += 1;
    const child = this.children.get(id);
    if (child === undefined) throw new Error(`There is no run ${id}.`);
    if (child.polls > 0) child.polls -= 1;
    return child.polls > 0 ? { ...child, status: "running", outputs: {}, failure: null } : child;
  }

  /** To its end, with a new life before each step where `forgets`. */
  async run({ forgets = false }: { forgets?: boolean } = {}): Promise<this> {
    let program = this.open();
    for (let steps = 0; steps < 2000 && this.result === null; steps++) {
      if (forgets) program = this.open();
      const { entries, next, save } = await program.step(new AbortController().signal);
      for (const entry of entries) {
        if (entry.type === "stages") this.stages = entry.stages;
        if (entry.type === "log") this.lines.push(entry.text);
        if (entry.type === "result") this.result = entry;
      }
      save?.();
      if (next.kind === "at") this.now = next.at;
    }
    return this;
  }

  get started(): string[] {
    return this.calls.map(({ call_id }) => call_id);
  }

  /** What it gives, without its timeline. */
  get outputs(): Inputs {
    const { _timeline, ...rest } = this.result?.outputs ?? {};
    return rest;
  }

  statusOf(name: string): string | undefined {
    return this.stages.find((stage) => stage.name === name)?.status;
  }
}

const echo: Work = (inputs) => inputs;
const workers = { echo, fail: () => "it broke" };

describe("a pipeline", () => {
  it("hands what one stage gives to the next, in the order of what they read", async () => {
    const stages = `
stages:
  - {name: c, worker: echo, input: {text: "b.outputs.text + '!'", n: 3}}
  - {name: a, worker: echo, input: {text: inputs.text}}
  - {name: b, worker: echo, input: {text: "a.outputs.text + ' there'"}}
`;
    const bench = await new Bench(stages, { workers, inputs: { text: "hey" } }).run();
    expect(bench.started).toEqual(["stage:a", "stage:b", "stage:c"]);
    expect(bench.outputs).toEqual({
      a: { text: "hey" },
      b: { text: "hey there" },
      c: { text: "hey there!", n: 3 },
    });
    expect(bench.stages.map(({ name, status, run_id }) => [name, status, run_id !== null])).toEqual([
      ["c", "completed", true],
      ["a", "completed", true],
      ["b", "completed", true],
    ]);
  });

  it("gives what returns says, and nothing where a stage was skipped", async () => {
    const stages = `
stages:
  - {name: a, worker: echo, input: {n: 2}}
  - {name: b, worker: echo, when: a.outputs.n > 5}
returns: {double: a.outputs.n * 2, none: b.outputs.x}
`;
    const bench = await new Bench(stages, { workers }).run();
    expect(bench.result).toMatchObject({ outcome: "success", outputs: { double: 4 } });
  });

  it("runs side by side what does not wait for each other, and not too much of it", async () => {
    const many = Array.from({ length: 30 }, (_, at) => `  - {name: s${at}, worker: echo}`).join("\n");
    const bench = new Bench(`stages:\n${many}\n`, { workers });
    bench.polls = 100;
    await bench.run();
    expect(bench.result?.outcome).toBe("success");
    expect(bench.most).toBe(20);
  });

  it("has one run for each item of a list, and their outputs in its order", async () => {
    const stages = `
stages:
  - {name: split, worker: echo, input: {parts: "['x', 'y', 'z']"}}
  - {name: each, worker: echo, for_each: split.outputs.parts, input: {part: item, of: size(split.outputs.parts)}}
  - {name: join, worker: echo, input: {all: "each.outputs.items.map(one, one.part)"}}
`;
    const bench = await new Bench(stages, { workers }).run();
    expect(bench.started).toEqual([
      "stage:split",
      "stage:each.0",
      "stage:each.1",
      "stage:each.2",
      "stage:join",
    ]);
    expect(bench.result?.outputs?.["join"]).toEqual({ all: ["x", "y", "z"] });
    expect(bench.stages[1]).toMatchObject({ items: { total: 3, done: 3 }, run_id: null });
    expect(bench.stages[1]?.run_ids).toHaveLength(3);
  });

  it("with an empty list has no run and goes on; with what is no list, or too long, it fails", async () => {
    const of = (list: string) => `
stages:
  - {name: each, worker: echo, for_each: "${list}"}
  - {name: join, worker: echo, input: {n: size(each.outputs.items)}}
`;
    const empty = await new Bench(of("[]"), { workers }).run();
    expect(empty.result?.outputs?.["join"]).toEqual({ n: 0 });
    const none = await new Bench(of("inputs.text"), { workers, inputs: { text: "text" } }).run();
    expect(none.result).toMatchObject({
      error_code: "stage_failed",
      error: expect.stringContaining("no list") as string,
    });
    const inputs = { list: Array.from({ length: 201 }, (_, at) => at) };
    const long = await new Bench(of("inputs.list"), { workers, inputs }).run();
    expect(long.result?.error).toContain("201 items");
    expect(long.calls).toEqual([]);
  });

  it("skips what reads a skipped stage, but not what has something else for that case", async () => {
    const stages = `
stages:
  - {name: a, worker: echo, when: "false"}
  - {name: b, worker: echo, input: {x: a.outputs.x}}
  - {name: c, worker: echo, input: {x: "has(a.outputs.x) ? a.outputs.x : 'none'"}}
  - {name: d, worker: echo, after: [a]}
  - {name: e, worker: echo, for_each: "[1, 2]", input: {x: a.outputs.x, n: item}}
`;
    const bench = await new Bench(stages, { workers }).run();
    expect(["a", "b", "c", "d", "e"].map((name) => bench.statusOf(name))).toEqual([
      "skipped",
      "skipped",
      "completed",
      "completed",
      "skipped",
    ]);
    expect(bench.outputs).toEqual({ c: { x: "none" }, d: {} });
  });

  it("fails where an input reads what is not there, and says which", async () => {
    const stages = `
stages:
  - {name: a, worker: echo}
  - {name: b, worker: echo, input: {x: a.outputs.missing}}
`;
    const bench = await new Bench(stages, { workers }).run();
    expect(bench.result).toMatchObject({ outcome: "failure", error_code: "stage_failed" });
    expect(bench.result?.error).toBe("The stage b failed: input x: No such key: missing");
    expect(bench.outputs).toEqual({ a: {} });
  });

  it("ends with the first failure, waits for what is under way, begins nothing more, and keeps what is done", async () => {
    const stages = `
stages:
  - {name: good, worker: echo, input: {n: 1}}
  - {name: bad, worker: fail}
  - {name: later, worker: echo, input: {n: good.outputs.n}, after: [bad]}
`;
    const bench = await new Bench(stages, { workers }).run();
    expect(bench.result).toMatchObject({
      error_code: "stage_failed",
      error: "The stage bad failed: it broke",
      outputs: { good: { n: 1 } },
    });
    expect(bench.started).not.toContain("stage:later");
    expect(bench.statusOf("later")).toBe("pending");
  });

  it("goes on without a stage that is optional, and tries one again as often as it says", async () => {
    const stages = `
stages:
  - {name: opt, worker: fail, optional: true}
  - {name: again, worker: flaky, retries: 2}
  - {name: end, worker: echo, input: {status: opt.status, n: again.outputs.n}}
`;
    const flaky: Work = (_, tries) => (tries < 2 ? "not yet" : { n: tries });
    const bench = await new Bench(stages, { workers: { ...workers, flaky } }).run();
    expect(bench.started.filter((id) => id.startsWith("stage:again"))).toEqual([
      "stage:again",
      "stage:again~1",
      "stage:again~2",
    ]);
    expect(bench.result?.outputs?.["end"]).toEqual({ status: "failed", n: 2 });
  });

  it("comes to the same when it forgets everything between any two steps, and begins nothing twice", async () => {
    const stages = `
stages:
  - {name: split, worker: echo, input: {parts: "[1, 2, 3, 4]"}}
  - {name: each, worker: flaky, for_each: split.outputs.parts, retries: 1, input: {n: item}}
  - {name: skip, worker: echo, when: "size(split.outputs.parts) > 9"}
  - {name: join, worker: echo, input: {all: each.outputs.items}}
`;
    const flaky: Work = ({ n }, tries) => (n === 2 && tries === 0 ? "not yet" : { n: n ?? null });
    const make = () => new Bench(stages, { workers: { echo, flaky } });
    const [kept, forgotten] = [await make().run(), await make().run({ forgets: true })];
    expect(forgotten.outputs).toEqual(kept.outputs);
    expect(forgotten.started).toEqual([...new Set(forgotten.started)]);
    expect(forgotten.started.length).toBe(kept.started.length);
  });

  it("goes on with what an earlier run has done, and begins only the rest", async () => {
    const stages = `
stages:
  - {name: split, worker: echo, input: {parts: "[1, 2]"}}
  - {name: each, worker: echo, for_each: split.outputs.parts, input: {n: item}}
  - {name: bad, worker: sometimes, input: {all: each.outputs.items}}
`;
    let isMended = false;
    const sometimes: Work = (inputs) => (isMended ? inputs : "not yet");
    const first = await new Bench(stages, { workers: { echo, sometimes } }).run();
    expect(first.result?.outcome).toBe("failure");
    isMended = true;
    const second = new Bench(stages, { workers: { echo, sometimes } });
    second.kept = first.stages
      .filter(({ status }) => status === "completed")
      .map(({ name, run_id, run_ids }) => ({
        name: stageNameSchema.parse(name),
        run_ids: run_id === null ? run_ids : [run_id],
      }));
    for (const [id, child] of first.children) second.children.set(id, child);
    await second.run();
    expect(second.started).toEqual(["stage:bad"]);
    expect(second.outputs).toEqual({
      split: { parts: [1, 2] },
      each: { items: [{ n: 1 }, { n: 2 }] },
      bad: { all: [{ n: 1 }, { n: 2 }] },
    });
  });

  it("a call that waits for people holds up nothing that does not need it", async () => {
    const stages = `
stages:
  - {name: asks, worker: echo}
  - {name: other, worker: echo}
  - {name: another, worker: echo, after: [other]}
  - {name: last, worker: echo, after: [asks]}
`;
    const bench = new Bench(stages, { workers });
    bench.answer = ({ call_id: id }) =>
      id === "stage:asks" && bench.statusOf("another") !== "completed"
        ? { kind: "held", approval_id: "apr_1" }
        : null;
    await bench.run();
    expect(bench.started).toEqual(["stage:other", "stage:another", "stage:asks", "stage:last"]);
    // It was not left alone for as long as one that has nothing else to look at.
    expect(bench.now).toBeLessThan(1_000_000 + 60_000);
  });

  it("looks at what is under way only where nothing can be begun", async () => {
    const many = Array.from({ length: 15 }, (_, at) => `  - {name: s${at}, worker: echo}`).join("\n");
    const bench = await new Bench(`stages:\n${many}\n`, { workers }).run();
    expect(bench.result?.outcome).toBe("success");
    expect(bench.reads).toBeLessThanOrEqual(2 * 15);
  });

  it("a stage that a person approves is called by the tool that asks", async () => {
    const stages = `
stages:
  - {name: a, worker: echo, approval: true}
  - {name: b, worker: echo}
`;
    const bench = await new Bench(stages, { workers }).run();
    expect(bench.calls.map(({ call_id, tool }) => [call_id, tool])).toEqual([
      ["stage:a", "asks_first"],
      ["stage:b", "invoke_worker"],
    ]);
  });

  it("takes a run with the same inputs in place of another one, unless a person had edited them", async () => {
    verifies("pipelines:cache:same-inputs");
    const stages = `
stages:
  - {name: each, worker: echo, for_each: inputs.list, cache: {ttl: 1h}, input: {n: item}}
  - {name: asks, worker: echo, cache: {ttl: 1h}, approval: true, input: {n: "1"}}
`;
    const first = new Bench(stages, { workers, inputs: { list: [1, 2] } });
    const again = new Bench(stages, { workers, inputs: { list: [2, 1, 3] } });
    first.isEdited = ({ tool }) => tool === "asks_first";
    await first.run();
    for (const [key, id] of first.cached) again.cached.set(key, id);
    for (const [id, child] of first.children) again.children.set(id, child);
    await again.run();
    expect(again.started).toEqual(["stage:each.2", "stage:asks"]);
    expect(again.outputs["each"]).toEqual({ items: [{ n: 2 }, { n: 1 }, { n: 3 }] });
  });

  it("tells when each stage ran, also where it failed", async () => {
    const stages = `
stages:
  - {name: a, worker: echo}
  - {name: b, worker: fail, after: [a]}
  - {name: c, worker: echo, after: [b]}
  - {name: d, worker: echo, when: "false"}
`;
    const bench = await new Bench(stages, { workers }).run();
    const timeline = bench.result?.outputs?.["_timeline"];
    expect(timeline).toMatchObject([
      { stage: "a", status: "completed", wall_time_ms: expect.any(Number) as number },
      { stage: "b", status: "failed", started_at: bench.stages[1]?.started_at },
    ]);
    expect(timeline).toHaveLength(2);
    expect(bench.stages[1]).toMatchObject({ needs: ["a"], ended_at: expect.any(String) as string });
  });

  it("gives what a mapping says for what is not there, also where its stage was skipped", async () => {
    const stages = `
stages:
  - {name: a, worker: echo, condition: inputs.kind == nothing}
  - name: b
    worker: echo
    input_mapping: {x: {source: a.output.list.0, default: none}, y: {source: a.output.z, optional: true}, k: inputs.kind}
`;
    const bench = await new Bench(stages, { workers, inputs: { kind: "some" } }).run();
    expect(bench.outputs).toEqual({ b: { x: "none", k: "some" } });
  });

  it("a call that the gate refuses fails its stage; one that it holds is asked again", async () => {
    const stages = "stages:\n  - {name: a, worker: echo}\n";
    const refused = new Bench(stages, { workers });
    refused.answer = () => ({ kind: "denied", code: "tier_forbids", message: "Not by this tier." });
    expect((await refused.run()).result?.error).toBe("The stage a failed: Not by this tier.");
    const held = new Bench(stages, { workers });
    let asked = 0;
    held.answer = () => (asked++ < 2 ? { kind: "held", approval_id: "apr_1" } : null);
    expect((await held.run()).result?.outcome).toBe("success");
    expect(held.started).toEqual(["stage:a"]);
  });
});

it("a pipeline of any shape gives what its stages give one after the other", async () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 60; round++) {
    const count = 2 + random(9);
    const rows = Array.from({ length: count }, (_, at) => {
      const reads = Array.from({ length: at }, (_unused, one) => one).filter(() => random(3) === 0);
      const sum = ["1", ...reads.map((one) => `s${one}.outputs.n`)].join(" + ");
      const when = at > 0 && random(4) === 0 ? `s${random(at)}.outputs.n > 2` : null;
      return { at, reads, sum, when };
    });
    const lines = rows
      .toSorted(() => random(3) - 1)
      .map(
        ({ at, sum, when }) =>
          `  - {name: s${at}, worker: echo, input: {n: "${sum}"}${when ? `, when: "${when}"` : ""}}`,
      );
    const bench = await new Bench(`stages:\n${lines.join("\n")}\n`, { workers }).run({
      forgets: round % 2 === 0,
    });
    const expected: Record<string, { n: number }> = {};
    for (const { at, reads, when } of rows) {
      const gate = when === null ? null : /s(\d+)/.exec(when)?.[1];
      if (gate && !((expected[`s${gate}`]?.n ?? 0) > 2)) continue;
      if (reads.some((one) => expected[`s${one}`] === undefined)) continue;
      expected[`s${at}`] = { n: 1 + reads.reduce((sum, one) => sum + (expected[`s${one}`]?.n ?? 0), 0) };
    }
    expect(bench.outputs, lines.join("\n")).toEqual(expected);
  }
});
