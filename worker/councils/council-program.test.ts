import { describe, expect, it } from "vitest";
import { runIdSchema } from "#contract/ids";
import type { RunId } from "#contract/ids";
import type { Json } from "#contract/json";
import type { RunnerResult } from "#contract/runner/runner";
import { buildFailure } from "#contract/runs/run-failure";
import { personDriver } from "./person-driver.ts";
import { verifies } from "../../test/verifies.ts";
import { newId } from "../platform/ids.ts";
import { isObject } from "../registry/actions/compile-schema.ts";
import { parseManifest } from "../registry/parse-manifest.ts";
import type { GateReply, ToolWish } from "../tools/gate-api.ts";
import type { Message } from "./build-brief.ts";
import { CouncilProgram } from "./council-program.ts";
import type { CouncilState, SpeakerFacts } from "./council-state.ts";
import { compareTexts } from "./measure-agreement.ts";
import type { TurnRun } from "./note-turn.ts";

type Inputs = Record<string, Json>;
/** What a worker of the test gives; a text is why it fails. */
type Work = (inputs: Inputs) => Inputs | string;

const ALL = [
  "topic",
  "role",
  "speaker",
  "phase",
  "round",
  "transcript",
  "interventions",
  "participants",
  "agreement",
];

const textOf = (value: Json | undefined): string =>
  typeof value === "string" ? value : JSON.stringify(value ?? null);

const asInputs = (value: Json | undefined): Inputs => (isObject(value ?? null) ? (value as Inputs) : {});

/** A council over workers of the test; each of its lives knows only what was saved. */
class Bench {
  readonly calls: ToolWish[] = [];
  readonly lines: string[] = [];
  readonly messages: Message[] = [];
  /** Contexts that a worker mounts, and has. */
  contexts: Record<string, string[]> = {};
  result: RunnerResult | null = null;
  saved: string | null = null;
  now = 1_000_000;
  /** What a person answers; null: they are still thinking. */
  person: (wish: ToolWish) => GateReply | null = () => null;
  /** Told of each call before it is answered. */
  onCall: (wish: ToolWish) => void = () => {};
  readonly #runs = new Map<string, TurnRun>();
  readonly #council;
  readonly #workers: Record<string, Work>;

  constructor(council: string, workers: Record<string, Work>) {
    const yaml = `schema_version: "0.3"\nname: the-council\ntitle: Test\nversion: 0.1.0\nexec: {mode: council}\ncouncil:\n${council}`;
    const { manifest, findings } = parseManifest(yaml);
    if (manifest?.council === undefined) throw new Error(JSON.stringify(findings, null, 1));
    this.#council = manifest.council;
    this.#workers = workers;
  }

  /** Another attempt of the same run. */
  startAnew(): void {
    this.saved = null;
    this.result = null;
  }

  /** How many runs were started in all. */
  get runs(): number {
    return this.#runs.size;
  }

  get state(): CouncilState {
    return JSON.parse(this.saved ?? "{}") as CouncilState;
  }

  #open(): CouncilProgram {
    return new CouncilProgram({
      council: this.#council,
      inputs: { topic: "Ship on Friday?" },
      tool: "invoke_worker",
      call: async (wish) => this.#answer(wish),
      tellRest: async () => {},
      findWorkers: async (names) => this.#find(names),
      readRun: async (id) => this.#runs.get(id) ?? raise(id),
      listMessages: async () => [...this.messages],
      load: () => (this.saved === null ? null : this.state),
      save: (state) => void (this.saved = JSON.stringify(state)),
      clock: () => this.now,
    });
  }

  #find(names: readonly string[]): Record<string, SpeakerFacts> {
    const known = names.filter((name) => this.#workers[name] !== undefined);
    return Object.fromEntries(
      known.map((name) => [name, { inputs: ALL, contexts: this.contexts[name] ?? [] }]),
    );
  }

  #answer(wish: ToolWish): GateReply {
    this.onCall(wish);
    if (wish.tool === "take_turn") return this.person(wish) ?? { kind: "held", approval_id: "apr_1" };
    this.calls.push(wish);
    const run = [...this.#runs.values()].find(({ worker }) => worker === wish.call_id) ?? this.#start(wish);
    return { kind: "answered", edited: false, answer: { ok: true, content: { run_id: run.run_id } } };
  }

  /** The same call is the same run: the test keeps the call's id where its worker's name would be. */
  #start({ call_id: callId, arguments: given }: ToolWish): TurnRun {
    const { id, inputs } = isObject(given) ? given : {};
    const name = typeof id === "string" ? id : "";
    const done = this.#workers[name]?.(isObject(inputs) ? inputs : {}) ?? "unknown";
    const runId: RunId = runIdSchema.parse(newId("run", this.now));
    const run: TurnRun = {
      run_id: runId,
      worker: callId,
      status: typeof done === "string" ? "failed" : "completed",
      outputs: typeof done === "string" ? {} : done,
      failure: typeof done === "string" ? buildFailure("execution_error", done) : null,
      contexts: (this.contexts[name] ?? []).map((context) => ({ name: context, version: 3 })),
    };
    this.#runs.set(runId, run);
    return run;
  }

  /** To its end, or so many steps, each in a new life. */
  async run(most = 500): Promise<this> {
    for (let steps = 0; steps < most && this.result === null; steps++) {
      const { entries, next, save } = await this.#open().step(new AbortController().signal);
      for (const entry of entries) {
        if (entry.type === "log") this.lines.push(entry.text);
        if (entry.type === "result") this.result = entry;
      }
      save?.();
      if (next.kind === "at") this.now = next.at;
    }
    return this;
  }

  told(speaker: string, round: number): Inputs {
    const call = this.calls.find(({ call_id: id }) => id.startsWith(`turn:${round}:${speaker}:`));
    const { inputs } = asInputs(call?.arguments);
    return asInputs(inputs);
  }

  get order(): string[] {
    return this.calls.map(({ call_id: id }) => id.replace("turn:", "").replace(/:[0-9a-f]{16}$/, ""));
  }
}

function raise(id: string): never {
  throw new Error(`There is no run ${id}.`);
}

const say =
  (name: string): Work =>
  (inputs) => ({ statement: `${name} in ${textOf(inputs["round"])}` });
const workers = { "say-a": say("A"), "say-b": say("B"), fail: () => "it broke" };
const two = "  members: [{name: a, worker: say-a, role: doubts}, {name: b, worker: say-b}]\n";

describe("a council", () => {
  it("in a round robin has one speak after the other, each told all that was said", async () => {
    verifies("councils:protocols");
    const bench = await new Bench(`${two}  rounds: 2\n`, workers).run();
    expect(bench.order).toEqual(["1:a", "1:b", "2:a", "2:b"]);
    expect(bench.told("a", 1)).toMatchObject({ topic: "Ship on Friday?", role: "doubts", transcript: "" });
    expect(bench.told("b", 1)["transcript"]).toBe("[round 1] a:\nA in 1");
    expect(bench.told("a", 2)["transcript"]).toBe("[round 1] You:\nA in 1\n\n[round 1] b:\nB in 1");
    expect(bench.result?.outputs).toMatchObject({
      rounds: 2,
      converged: false,
      ended_by: "rounds",
      synthesis: expect.stringContaining("a: A in 2") as string,
    });
  });

  it("in a debate has openings that know nothing of each other, then rebuttals and closings", async () => {
    verifies("councils:protocols");
    const bench = await new Bench(`${two}  protocol: debate\n  rounds: 3\n`, workers).run();
    expect(bench.told("b", 1)).toMatchObject({ phase: "opening", transcript: "" });
    expect(bench.told("b", 2)).toMatchObject({ phase: "rebuttal" });
    expect(bench.told("b", 2)["transcript"]).toContain("[round 2] a:\nA in 2");
    expect(bench.told("b", 3)).toMatchObject({ phase: "closing" });
  });

  it("in a delphi tells nobody who has said what, nor what is said in the same round", async () => {
    verifies("councils:protocols");
    const council = `${two}  protocol: delphi\n  rounds: 3\n  convergence: {method: position_stability, threshold: 1}\n`;
    const bench = await new Bench(council, workers).run();
    expect(bench.told("b", 1)["transcript"]).toBe("");
    expect(bench.told("b", 2)["transcript"]).toBe(
      "[round 1] Participant A:\nA in 1\n\n[round 1] You:\nB in 1",
    );
    expect(bench.told("b", 3)).toMatchObject({ agreement: expect.any(Number) as number });
    expect(JSON.stringify(bench.told("b", 2))).not.toContain("] a:");
  });

  it("tells a member the statements alone that it may see", async () => {
    verifies("councils:grants");
    const council =
      "  members: [{name: a, worker: say-a}, {name: b, worker: say-b, sees: [a]}, {name: c, worker: say-a}]\n  rounds: 2\n";
    const bench = await new Bench(council, workers).run();
    expect(bench.told("b", 2)["transcript"]).toBe(
      "[round 1] a:\nA in 1\n\n[round 1] You:\nB in 1\n\n[round 2] a:\nA in 2",
    );
  });

  it("ends as soon as nobody's position changes any more, or a judge finds that they agree", async () => {
    verifies("councils:converges");
    const firm = {
      ...workers,
      "say-a": () => ({ statement: "Ship it." }),
      "say-b": () => ({ statement: "Yes, ship." }),
    };
    const stable = `${two}  rounds: 5\n  convergence: {method: position_stability}\n`;
    const steady = await new Bench(stable, firm).run();
    expect(steady.result?.outputs).toMatchObject({
      converged: true,
      rounds: 2,
      agreement: 1,
      ended_by: "converged",
    });
    const judged = `${two}  rounds: 5\n  convergence: {method: judge, worker: judge, threshold: 0.5}\n`;
    const judge: Work = ({ round }) => ({ agreement: Number(round) * 0.2 });
    const bench = await new Bench(judged, { ...workers, judge }).run();
    expect(bench.result?.outputs).toMatchObject({ converged: true, rounds: 3 });
    expect(bench.order).toContain("3:judge");
  });

  it("has its conclusion written by a worker that is told all", async () => {
    const end: Work = ({ transcript }) => ({
      synthesis: `Read ${textOf(transcript).split("[round").length - 1}.`,
    });
    const bench = await new Bench(`${two}  rounds: 1\n  synthesis: end\n`, { ...workers, end }).run();
    expect(bench.result?.outputs).toMatchObject({ synthesis: "Read 2.", ended_by: "rounds" });
  });

  it("waits for a person, tells them what was said, and has the others hear what they say", async () => {
    verifies("councils:people");
    const bench = new Bench(
      "  members: [{name: a, worker: say-a}, {name: ada, human: true}]\n  rounds: 2\n",
      workers,
    );
    await bench.run(20);
    expect(bench.state.turns.at(-1)).toMatchObject({
      speaker: "ada",
      status: "waiting",
      approval_id: "apr_1",
    });
    bench.person = ({ arguments: given }) => ({
      kind: "answered",
      edited: true,
      answer: { ok: true, content: { statement: `I read: ${JSON.stringify(given).includes("A in 1")}` } },
    });
    await bench.run();
    expect(bench.told("a", 2)["transcript"]).toContain("ada:\nI read: true");
  });

  it("keeps where a person says that they stand, as it does of a worker", async () => {
    verifies("councils:people");
    const bench = new Bench(
      "  members: [{name: a, worker: say-a}, {name: ada, human: true}]\n  rounds: 1\n",
      workers,
    );
    const driver = personDriver.list()[0];
    expect(Object.keys(driver?.input_schema["properties"] ?? {})).toContain("position");
    const content = { statement: "Our customer is away.", position: "Wait a week." };
    bench.person = () => ({ kind: "answered", edited: true, answer: { ok: true, content } });
    await bench.run();
    expect(bench.state.turns.find(({ speaker }) => speaker === "ada")).toMatchObject({
      ...content,
      status: "spoken",
    });
  });

  it("goes on without a person who does not want to speak, and without a worker that fails", async () => {
    const bench = new Bench(
      "  members: [{name: ada, human: true}, {name: x, worker: fail}, {name: a, worker: say-a}]\n  rounds: 1\n",
      workers,
    );
    bench.person = () => ({ kind: "denied", code: "rejected", message: "A person rejected it." });
    await bench.run();
    expect(bench.state.turns.map(({ speaker, status }) => [speaker, status])).toEqual([
      ["ada", "passed"],
      ["x", "failed"],
      ["a", "spoken"],
    ]);
    expect(bench.result?.outcome).toBe("success");
  });

  it("fails where nobody speaks, and says why", async () => {
    const bench = await new Bench(
      "  members: [{name: x, worker: fail}, {name: y, worker: fail}]\n",
      workers,
    ).run();
    expect(bench.result).toMatchObject({ error_code: "council_failed", error: "Nobody spoke. x: it broke" });
    expect(bench.calls).toHaveLength(2);
  });

  it("has what is said from outside reach every turn that begins afterwards", async () => {
    verifies("councils:interventions-reach");
    const bench = new Bench(`${two}  rounds: 2\n`, workers);
    bench.onCall = ({ call_id: id }) => {
      if (!id.startsWith("turn:1:b:") || bench.messages.length > 0) return;
      bench.messages.push({
        number: 1,
        kind: "message",
        speaker: "audience",
        message: "Think of the costs.",
      });
    };
    await bench.run();
    expect(bench.told("b", 1)["interventions"]).toBe("");
    expect(bench.told("a", 2)["interventions"]).toBe("audience: Think of the costs.");
    expect(bench.state.turns.map(({ messages_seen }) => messages_seen)).toEqual([0, 0, 1, 1]);
  });

  it("stops after the turn that is under way, waits for no person, and still concludes", async () => {
    verifies("councils:stop-stops");
    const council =
      "  members: [{name: a, worker: say-a}, {name: ada, human: true}]\n  rounds: 9\n  synthesis: end\n";
    const end: Work = ({ interventions }) => ({ synthesis: `Heard: ${textOf(interventions)}` });
    const bench = await new Bench(council, { ...workers, end }).run(20);
    bench.messages.push({ number: 1, kind: "stop", speaker: "audience", message: "Enough." });
    await bench.run(10);
    expect(bench.order).toEqual(["1:a", "1:synthesis"]);
    expect(bench.result?.outputs).toMatchObject({
      ended_by: "stopped",
      synthesis: "Heard: audience (and ended the council): Enough.",
    });
    expect(bench.state.ended?.by).toBe("stopped");
  });

  it("in a later attempt finds the turns that were told the same, and takes anew those that were told more", async () => {
    const council = `${two}  rounds: 2\n`;
    const bench = await new Bench(council, workers).run(8);
    const [begun] = bench.order;
    bench.startAnew();
    await bench.run();
    expect(bench.result?.outcome).toBe("success");
    expect(begun).toBe("1:a");
    expect(bench.runs).toBe(4);
    bench.startAnew();
    bench.messages.push({ number: 1, kind: "message", speaker: "audience", message: "Think." });
    await bench.run();
    expect(bench.runs).toBe(8);
  });

  it("does not take the word of a member that had a context beyond its grants", async () => {
    verifies("councils:grants");
    const blind =
      "  members: [{name: a, worker: say-a}, {name: b, worker: say-b, contexts: []}]\n  rounds: 1\n";
    const before = new Bench(blind, workers);
    before.contexts = { "say-b": ["handbook"] };
    await before.run();
    expect(before.result?.error).toBe(
      "b is not granted the context handbook, and its worker say-b mounts it.",
    );
    expect(before.calls).toEqual([]);
    const later = new Bench(blind, workers);
    // A new version of the worker is pushed after the council has begun.
    later.onCall = () => (later.contexts = { "say-a": ["handbook"], "say-b": ["handbook"] });
    await later.run();
    expect(later.state.turns).toMatchObject([
      { speaker: "a", status: "spoken", contexts: ["handbook@3"] },
      { speaker: "b", status: "failed", contexts: ["handbook@3"] },
    ]);
  });

  it("begins nothing where a worker is not there, or would not know of what to speak", async () => {
    const bench = await new Bench(
      "  members: [{name: a, worker: nobody}, {name: b, worker: say-b}]\n",
      workers,
    ).run();
    expect(bench.result).toMatchObject({
      error_code: "council_failed",
      error: "There is no worker nobody in this workspace.",
    });
  });

  it("leaves the oldest statements out where there is no room for all, and says so", async () => {
    const long = {
      "say-a": () => ({ statement: "a ".repeat(4000) }),
      "say-b": () => ({ statement: "b ".repeat(4000) }),
    };
    const bench = await new Bench(`${two}  rounds: 3\n`, long).run();
    const transcript = textOf(bench.told("b", 3)["transcript"]);
    expect(transcript.length).toBeLessThan(24_100);
    expect(transcript).toContain("earlier statements are left out");
  });
});

it("texts are as alike as the words they share", () => {
  expect(compareTexts("Ship it, now!", "ship it NOW")).toBe(1);
  expect(compareTexts("ship it", "wait")).toBe(0);
  expect(compareTexts("one two three four", "one two five six")).toBe(0.5);
  expect(compareTexts("", "")).toBe(1);
});
