import type { RunDetail } from "#contract/runs/run";
import type { RunEvent } from "#contract/runs/run-event";
import type { Order } from "./plan.ts";
import { PIPELINE_LEVELS, planStages, runOfStage } from "./stages.ts";

/** What is known of one accepted order when everything is over. */
export interface Testimony {
  order: Order;
  /** The id in every 2xx answer to the order's key, in the order they came. */
  answered: readonly string[];
  /** Null: the run cannot be found. */
  run: RunDetail | null;
  events: readonly RunEvent[];
  report: string | null;
  /** What a pipeline's stages have run, as far as it names it; none for all else. */
  stages: readonly Testimony[];
}

export interface Evidence {
  testimonies: readonly Testimony[];
  /** Ids in the lists of the chaos workers. */
  listed: readonly string[];
  /** `<run> <attempt>` and how many processes were seen to run the script for it. */
  scripts: ReadonlyMap<string, number>;
  /** The longest a run may take from its acceptance to its end. */
  deadlineMs: number;
}

/** Findings by kind; `wrong` is whatever else is not as promised: log lines, order of turns, outcomes. */
export type Verdict = Record<"lost" | "doubled" | "stuck" | "wrong", string[]>;

/** Compares what happened with what was promised; each finding is a sentence that names the run. Pure. */
export function judge(evidence: Evidence): Verdict {
  const verdict: Verdict = { lost: [], doubled: [], stuck: [], wrong: [] };
  const all = evidence.testimonies.flatMap((testimony) => [testimony, ...testimony.stages]);
  for (const testimony of all) judgeRun(testimony, evidence, verdict);
  judgeList(evidence, verdict);
  for (const [start, count] of evidence.scripts)
    if (count > 1) verdict.doubled.push(`${start}: ${count} processes ran the script of this attempt`);
  judgeTurns(evidence, verdict);
  return verdict;
}

function judgeList({ testimonies, listed }: Evidence, verdict: Verdict): void {
  const named = testimonies.flatMap(({ stages }) => stages.flatMap(({ answered }) => answered));
  const accepted = new Set([...testimonies.flatMap(({ answered }) => answered), ...named]);
  const counts = new Map<string, number>();
  for (const id of listed) counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const id of accepted) if (!counts.has(id)) verdict.lost.push(`${id}: not in the list of runs`);
  for (const [id, count] of counts) {
    if (!accepted.has(id)) verdict.doubled.push(`${id}: a run that no answer named`);
    if (count > 1) verdict.doubled.push(`${id}: ${count} times in the list of runs`);
  }
}

function judgeRun(testimony: Testimony, { deadlineMs, scripts }: Evidence, verdict: Verdict): void {
  const { order, answered, run, events } = testimony;
  const ids = new Set(answered);
  if (ids.size > 1) verdict.doubled.push(`${order.key}: one key, the runs ${[...ids].join(", ")}`);
  if (run === null) {
    verdict.lost.push(`${answered[0]} (${order.key}): accepted, and not on the record`);
    return;
  }
  if (run.completed_at === null) {
    verdict.stuck.push(`${run.id}: ${run.status}, attempt ${run.attempt}: ${run.why_waiting}`);
    return;
  }
  const tookMs = Date.parse(run.completed_at) - Date.parse(run.created_at);
  const levels = order.kind === "pipeline" ? PIPELINE_LEVELS : 1;
  if (tookMs > levels * deadlineMs) verdict.stuck.push(`${run.id}: ended ${tookMs} ms after it was accepted`);
  if (run.status !== "completed")
    verdict.wrong.push(`${run.id} (${order.key}): ${run.status}, ${run.error_code}: ${run.error}`);
  judgeEvents(run, events, verdict);
  judgeAttempts(run, { order, scripts, events }, verdict);
  if (order.kind === "pipeline") judgeStages(testimony, run, verdict);
  else judgeLines(testimony, run, verdict);
}

/** Each stage has the runs that it should have, and what they gave has come to the next ones. */
function judgeStages({ order, stages }: Testimony, run: RunDetail, verdict: Verdict): void {
  const wanted = planStages(order);
  const named = new Set(stages.flatMap(({ answered }) => answered));
  if (named.size < stages.length) verdict.doubled.push(`${run.id}: one run stands for several stages`);
  if (stages.length < wanted.length)
    verdict.lost.push(`${run.id}: it names ${stages.length} runs of its stages, not ${wanted.length}`);
  for (const {
    stage,
    index,
    order: { inputs },
  } of wanted) {
    const id = runOfStage(run, { stage, index, order });
    const own = stages.find(({ answered }) => answered[0] === id)?.run;
    const given = own?.inputs["lines"];
    if (given === inputs.lines) continue;
    const what = `${stage}.${index} was given ${JSON.stringify(given)} lines`;
    verdict.wrong.push(`${run.id}: ${what}, not ${inputs.lines}`);
  }
}

function judgeEvents(run: RunDetail, events: readonly RunEvent[], verdict: Verdict): void {
  const ends = events.filter((event) => event.type === "status" && event.completed_at !== null).length;
  const closes = events.filter((event) => event.type === "close").length;
  if (ends > 1 || closes > 1) verdict.doubled.push(`${run.id}: ended ${Math.max(ends, closes)} times`);
  if (ends === 0 || closes === 0) verdict.wrong.push(`${run.id}: its events do not tell its end`);
  const unordered = events.some((event, index) => event.seq <= (events[index - 1]?.seq ?? 0));
  if (unordered) verdict.wrong.push(`${run.id}: its events are out of order or repeated`);
}

/** An attempt may be called lost only when its script never started: no sandbox was taken away. */
function judgeAttempts(
  run: RunDetail,
  { order, scripts, events }: Pick<Testimony, "order" | "events"> & Pick<Evidence, "scripts">,
  verdict: Verdict,
): void {
  const printed = printedLines(events);
  for (const { attempt, lost, error_code } of run.attempts) {
    const started =
      printed.includes(`started ${run.id} attempt ${attempt}`) || scripts.has(`${run.id} ${attempt}`);
    if (lost && started)
      verdict.doubled.push(`${run.id}: attempt ${attempt} was called lost (${error_code}) and had started`);
    if (!lost && attempt > order.inputs.failures + 1 && !run.attempts.some((other) => other.lost))
      verdict.doubled.push(`${run.id}: attempt ${attempt} without a reason`);
  }
}

function printedLines(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "log" && event.stream === "stdout" ? event.message.split("\n") : [],
  );
}

/** What the script prints in its attempts, line by line; attempts lost before it started print nothing. */
export function expectedLines(run: Pick<RunDetail, "id" | "attempts">, { inputs }: Order): string[] {
  return run.attempts
    .filter(({ lost }) => !lost)
    .flatMap(({ attempt }) => [
      `started ${run.id} attempt ${attempt}`,
      ...Array.from({ length: inputs.lines }, (_, index) => `line ${index + 1} of ${inputs.lines}`),
      `${attempt <= inputs.failures ? "failing" : "ended"} ${run.id} attempt ${attempt}`,
    ]);
}

function judgeLines({ order, events, report }: Testimony, run: RunDetail, verdict: Verdict): void {
  const printed = printedLines(events);
  const starts = printed.filter((line) => line.startsWith("started "));
  const twice = starts.find((line, index) => starts.indexOf(line) !== index);
  if (twice !== undefined) verdict.doubled.push(`${run.id}: "${twice}" is there more than once`);
  const expected = expectedLines(run, order);
  if (printed.join("\n") !== expected.join("\n")) {
    const at = expected.findIndex((line, index) => printed[index] !== line);
    verdict.wrong.push(
      `${run.id}: ${printed.length} lines instead of ${expected.length}, the first other one is ${at + 1}: ` +
        `"${printed[at]}" instead of "${expected[at]}"`,
    );
  }
  if (run.status === "completed" && report !== `${run.id} ${run.attempt}\n`)
    verdict.wrong.push(`${run.id}: the file it left says ${JSON.stringify(report)}`);
}

/** Runs of the worker that takes one at a time: in the order of the orders, never two at once. */
function judgeTurns({ testimonies }: Evidence, verdict: Verdict): void {
  const runs = testimonies.flatMap(({ order, run }) => (order.kind === "line" && run ? [run] : []));
  for (const [index, run] of runs.entries()) {
    const before = runs[index - 1];
    if (!before?.completed_at || run.started_at === null) continue;
    if (Date.parse(run.started_at) < Date.parse(before.completed_at))
      verdict.wrong.push(`${run.id} started before ${before.id}, which was in front of it, had ended`);
  }
}
