import { isTerminal } from "#contract/runs/run";
import type { RunSummary } from "#contract/runs/run";
import { quantile } from "../harness/statistics.ts";
import type { LoadOptions } from "./options.ts";
import type { LoadKind } from "./plan-load.ts";

/** One request that was sent, and what it was answered. */
export interface SentRequest {
  kind: LoadKind;
  /** From sending to the answer. */
  acceptMs: number;
  /** Null where it was refused. */
  runId: string | null;
  refusal: string | null;
}

/** All that is known after a load. */
export interface LoadFacts {
  options: Pick<LoadOptions, "rate" | "seconds" | "workers">;
  sent: readonly SentRequest[];
  /** Of those that were accepted, the ones that lists show. */
  runs: readonly RunSummary[];
  /** Rows of each run that has ended; null where nobody tells. */
  rows: readonly number[] | null;
  /** Processor time of all processes; null where they are not here. */
  cpuMs: number | null;
  tookMs: number;
}

/** Milliseconds that the part of the samples does not pass; null without samples. */
interface Quantiles {
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** What a load came to, for programs to read. Times in milliseconds. */
export interface LoadReport {
  rate: number;
  seconds: number;
  workers: number;
  requests: number;
  accepted: number;
  refused: number;
  /** Why, and how often. */
  refusals: Record<string, number>;
  started: number;
  finished: number;
  failed: number;
  /** Accepted, and not ended when the time was over. */
  lost: number;
  by_kind: Record<LoadKind, number>;
  accept_ms: Quantiles;
  /** From acceptance to the start of the script. */
  start_ms: Quantiles;
  /** From acceptance to the end. */
  finish_ms: Quantiles;
  finished_per_second: number;
  rows_per_run: number | null;
  cpu_ms_per_run: number | null;
  took_ms: number;
}

/** Counts what became of a load. Pure. */
export function buildLoadReport({ options, sent, runs, rows, cpuMs, tookMs }: LoadFacts): LoadReport {
  const accepted = new Set(sent.flatMap(({ runId }) => runId ?? []));
  const mine = runs.filter(({ id }) => accepted.has(id));
  const ended = mine.filter(({ status }) => isTerminal(status));
  const took = (to: "started_at" | "completed_at") =>
    mine.flatMap((run) => {
      const at = run[to];
      return at === null ? [] : Date.parse(at) - Date.parse(run.created_at);
    });
  const of = (kind: LoadKind) => sent.filter((one) => one.kind === kind && one.runId !== null).length;
  const perRun = (sum: number) => (ended.length === 0 ? null : sum / ended.length);
  return {
    rate: options.rate,
    seconds: options.seconds,
    workers: options.workers,
    requests: sent.length,
    accepted: accepted.size,
    refused: sent.filter(({ refusal }) => refusal !== null).length,
    refusals: countTexts(sent.flatMap(({ refusal }) => refusal ?? [])),
    started: mine.filter(({ started_at }) => started_at !== null).length,
    finished: ended.length,
    failed: ended.filter(({ status }) => status !== "completed").length,
    lost: accepted.size - ended.length,
    by_kind: { start: of("start"), webhook: of("webhook"), schedule: of("schedule") },
    accept_ms: quantiles(sent.filter(({ runId }) => runId !== null).map(({ acceptMs }) => acceptMs)),
    start_ms: quantiles(took("started_at")),
    finish_ms: quantiles(took("completed_at")),
    finished_per_second: (ended.length * 1000) / Math.max(1, tookMs),
    rows_per_run: rows === null ? null : perRun(rows.reduce((sum, n) => sum + n, 0)),
    cpu_ms_per_run: cpuMs === null ? null : perRun(cpuMs),
    took_ms: tookMs,
  };
}

function quantiles(samples: readonly number[]): Quantiles {
  const at = (share: number) => (samples.length === 0 ? null : quantile(samples, share));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function countTexts(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}
