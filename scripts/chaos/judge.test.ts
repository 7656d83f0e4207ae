import { expect, it } from "vitest";
import type { RunDetail } from "#contract/runs/run";
import type { RunEvent } from "#contract/runs/run-event";
import { verifies } from "../../test/verifies.ts";
import { expectedLines, judge } from "./judge.ts";
import type { Evidence, Testimony } from "./judge.ts";
import type { Order } from "./plan.ts";
import { planStages } from "./stages.ts";

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function buildOrder(kind: Order["kind"], failures = 0): Order {
  return { at_ms: 0, kind, key: `key-${kind}`, inputs: { lines: 2, pause_ms: 1, failures }, copies: 1 };
}

interface Shape {
  order: Order;
  id: string;
  from: number;
  attempts?: RunDetail["attempts"];
}

/** A run as it should be: accepted at second `from`, started one second later, ended two seconds after that. */
function buildTestimony({ order, id, from, attempts }: Shape): Testimony {
  const own = attempts ?? [
    { attempt: 1, started_at: at(from + 1), ended_at: at(from + 3), lost: false, error_code: null },
  ];
  const run = {
    id,
    status: "completed",
    attempt: own.at(-1)?.attempt ?? 1,
    attempts: own,
    created_at: at(from),
    started_at: at(from + 1),
    completed_at: at(from + 3),
    error_code: null,
  } as unknown as RunDetail;
  const events = [
    { type: "log", seq: 2, stream: "system", message: "Preparing" },
    { type: "log", seq: 3, stream: "stdout", message: expectedLines(run, order).join("\n") },
    { type: "status", seq: 4, status: "completed", completed_at: run.completed_at },
    { type: "close", seq: 5, status: "completed" },
  ] as unknown as RunEvent[];
  return { order, answered: [id], run, events, report: `${id} ${run.attempt}\n`, stages: [] };
}

function buildEvidence(testimonies: Testimony[]): Evidence {
  return {
    testimonies,
    listed: testimonies.flatMap(({ answered }) => answered.slice(0, 1)),
    scripts: new Map(testimonies.map(({ answered }) => [`${answered[0]} 1`, 1])),
    deadlineMs: 60_000,
  };
}

const plain = (): Testimony => buildTestimony({ order: buildOrder("free"), id: "run_a", from: 0 });
const withRun = (change: Partial<RunDetail>): Testimony => {
  const testimony = plain();
  return { ...testimony, run: { ...testimony.run, ...change } as RunDetail };
};
const withEvents = (change: (events: readonly RunEvent[]) => RunEvent[]): Testimony => {
  const testimony = plain();
  return { ...testimony, events: change(testimony.events) };
};
const print = (message: string): RunEvent =>
  ({ type: "log", seq: 3, stream: "stdout", message }) as unknown as RunEvent;

const attempt = (number: number, change: object = {}) => ({
  attempt: number,
  started_at: at(number),
  ended_at: at(number + 1),
  lost: false,
  error_code: null,
  ...change,
});

it("finds nothing where everything is as promised, a retry and a sandbox lost before the script began included", () => {
  const retried = [attempt(1, { error_code: "execution_error" }), attempt(2)];
  const evidence = buildEvidence([
    plain(),
    buildTestimony({ order: buildOrder("retry", 1), id: "run_b", from: 0, attempts: retried }),
    buildTestimony({ order: buildOrder("line"), id: "run_d", from: 0 }),
    buildTestimony({ order: buildOrder("line"), id: "run_e", from: 2 }),
  ]);
  const lostEarly = buildTestimony({
    order: buildOrder("free"),
    id: "run_c",
    from: 0,
    attempts: [attempt(1, { lost: true, error_code: "e2b_sandbox_error" }), attempt(2)],
  });
  const whole = {
    ...evidence,
    testimonies: [...evidence.testimonies, lostEarly],
    listed: [...evidence.listed, "run_c"],
  };
  expect(judge(whole)).toEqual({ lost: [], doubled: [], stuck: [], wrong: [] });
});

type Finding = "lost" | "doubled" | "stuck" | "wrong";
const planted: [string, Finding, Evidence][] = [
  ["a run is not on the record", "lost", buildEvidence([{ ...plain(), run: null }])],
  ["a run is missing in the list", "lost", { ...buildEvidence([plain()]), listed: [] }],
  ["one key made two runs", "doubled", buildEvidence([{ ...plain(), answered: ["run_a", "run_b"] }])],
  [
    "a run is there that nobody was told of",
    "doubled",
    { ...buildEvidence([plain()]), listed: ["run_a", "run_x"] },
  ],
  [
    "two processes ran one attempt",
    "doubled",
    { ...buildEvidence([plain()]), scripts: new Map([["run_a 1", 2]]) },
  ],
  [
    "a run ended twice",
    "doubled",
    buildEvidence([
      withEvents((events) => [
        ...events,
        { ...events[3], seq: 6 } as RunEvent,
        { ...events[2], seq: 7 } as RunEvent,
      ]),
    ]),
  ],
  [
    "the start is printed twice in one attempt",
    "doubled",
    buildEvidence([
      withEvents((events) =>
        events.map((event) =>
          event.seq === 3
            ? print(
                "started run_a attempt 1\nstarted run_a attempt 1\nline 1 of 2\nline 2 of 2\nended run_a attempt 1",
              )
            : event,
        ),
      ),
    ]),
  ],
  [
    "an attempt whose script had started was called lost",
    "doubled",
    buildEvidence([withRun({ attempts: [attempt(1, { lost: true }), attempt(2)] })]),
  ],
  [
    "an attempt follows a good one",
    "doubled",
    buildEvidence([withRun({ attempts: [attempt(1), attempt(2)] })]),
  ],
  ["a run has not ended", "stuck", buildEvidence([withRun({ completed_at: null })])],
  ["a run ended after its deadline", "stuck", buildEvidence([withRun({ completed_at: at(61) })])],
  ["a run failed", "wrong", buildEvidence([withRun({ status: "failed" })])],
  [
    "a line is missing",
    "wrong",
    buildEvidence([
      withEvents((events) =>
        events.map((event) =>
          event.seq === 3 ? print("started run_a attempt 1\nline 2 of 2\nended run_a attempt 1") : event,
        ),
      ),
    ]),
  ],
  ["events are out of order", "wrong", buildEvidence([withEvents((events) => events.toReversed())])],
  ["the file is another run's", "wrong", buildEvidence([{ ...plain(), report: "run_b 1\n" }])],
  [
    "two runs of the worker that takes one at a time overlapped",
    "wrong",
    buildEvidence([
      buildTestimony({ order: buildOrder("line"), id: "run_d", from: 0 }),
      buildTestimony({ order: buildOrder("line"), id: "run_e", from: 1 }),
    ]),
  ],
];

it.each(planted)("finds it when %s", (_, finding, evidence) => {
  verifies("chaos:judge:finds-what-was-planted");
  expect(judge(evidence)[finding]).not.toEqual([]);
});

/** A pipeline as it should be, with all runs of its stages. */
function buildPipeline(): Testimony {
  const order = buildOrder("pipeline");
  const stages = planStages(order).map((stage, at) => {
    const made = buildTestimony({ order: stage.order, id: `run_s${at}`, from: 0 });
    return { ...made, run: { ...made.run, inputs: stage.order.inputs } as unknown as RunDetail };
  });
  const views = ["first", "left", "right", "each", "last"].map((name) => {
    const ids = planStages(order).flatMap(({ stage }, at) => (stage === name ? [`run_s${at}`] : []));
    return { name, run_id: ids.length === 1 ? ids[0] : null, run_ids: ids.length === 1 ? [] : ids };
  });
  const made = buildTestimony({ order, id: "run_p", from: 0 });
  return { ...made, stages, run: { ...made.run, stages: views } as unknown as RunDetail, report: null };
}

const evidenceOf = (pipeline: Testimony): Evidence => ({
  ...buildEvidence([pipeline, ...pipeline.stages]),
  testimonies: [pipeline],
});

it("of a pipeline each stage has to have its runs once, with what the stages before gave", () => {
  verifies("chaos:pipelines:each-stage-once");
  const good = buildPipeline();
  expect(judge(evidenceOf(good))).toEqual({ lost: [], doubled: [], stuck: [], wrong: [] });
  const lacking = { ...good, stages: good.stages.slice(1) };
  expect(judge({ ...evidenceOf(good), testimonies: [lacking] }).lost).toHaveLength(1);
  const twice = { ...evidenceOf(good), listed: [...evidenceOf(good).listed, "run_other"] };
  expect(judge(twice).doubled).toEqual(["run_other: a run that no answer named"]);
  const [first, ...rest] = good.stages;
  const other = { ...first, run: { ...first?.run, inputs: { lines: 9 } } } as unknown as Testimony;
  expect(judge({ ...evidenceOf(good), testimonies: [{ ...good, stages: [other, ...rest] }] }).wrong).toEqual([
    "run_p: first.0 was given 9 lines, not 2",
  ]);
});
