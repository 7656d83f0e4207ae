import * as z from "zod";
import { activationResultSchema } from "../versions/version.ts";
import { approvalPageSchema, approvalSchema } from "../approvals/approval.ts";
import { logPageSchema, logLineSchema, runPageSchema, runSummarySchema } from "../runs/run.ts";
import {
  timeseriesDaySchema,
  timeseriesSchema,
  workerLogLineSchema,
  workerLogsSchema,
} from "../reports/report.ts";
import {
  pushResultSchema,
  sampleInputSchema,
  versionSummarySchema,
  workerDetailSchema,
  workerSummarySchema,
} from "../workers/worker.ts";
import { inputsSchema } from "../runs/run.ts";
import {
  originalVersionSchema,
  originalWorkerDetailSchema,
  originalWorkerSchema,
  toOriginalDetail,
  toOriginalVersion,
  toOriginalWorker,
} from "./worker.ts";

/** The parameters of the path and of the query that were asked with. */
export interface Asked {
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
}

/** An answer as the clients of the first Floom read it: what differs from the route's own, and what is told in headers. */
export interface OriginalAnswer {
  schema: z.ZodType;
  description: string;
  /**
   * The body, made of the route's own answer and what was asked, and in headers what that answer says beside
   * a list, for those who ask for the next part of it.
   */
  build: (answer: unknown, asked: Asked) => { body: unknown; headers: Record<string, string> };
}

interface Shape<From extends z.ZodType, To extends z.ZodType> {
  /** The route's own answer. */
  from: From;
  to: To;
  description: string;
  build: (answer: z.output<From>, params: Readonly<Record<string, string>>) => z.input<To>;
  headers?: (answer: z.output<From>, query: Readonly<Record<string, string>>) => Record<string, string>;
}

/** One shape of their clients. The route's own answer is read by its own schema, so that nothing is believed unseen. */
function original<From extends z.ZodType, To extends z.ZodType>(shape: Shape<From, To>): OriginalAnswer {
  return {
    schema: shape.to,
    description: shape.description,
    build: (answer, { params, query }) => {
      const own = shape.from.parse(answer);
      return { body: shape.build(own, params), headers: shape.headers?.(own, query) ?? {} };
    },
  };
}

const nextCursor = (cursor: string | null) => ({
  "x-has-more": String(cursor !== null),
  ...(cursor === null ? {} : { "x-next-cursor": cursor }),
});

/** How many there are, where the answer goes from the first to the last: to count more than one shows costs rows. */
function totalOf(
  shown: number,
  cursor: string | null,
  query: Readonly<Record<string, string>>,
): Record<string, string> {
  const isFromFirst = !["cursor", "before_id"].some((name) => query[name] !== undefined);
  const offset = Number(query["offset"] ?? 0);
  const isKnown = isFromFirst && cursor === null && (shown > 0 || offset === 0);
  return isKnown ? { "x-total-count": String(offset + shown) } : {};
}

const summary = original({
  from: workerSummarySchema,
  to: originalWorkerSchema,
  description: "The worker.",
  build: toOriginalWorker,
});
const pushed = original({
  from: pushResultSchema,
  to: originalWorkerSchema,
  description: "The worker as it is now.",
  build: ({ worker }) => toOriginalWorker(worker),
});
const detail = original({
  from: workerDetailSchema,
  to: originalWorkerDetailSchema,
  description: "The worker.",
  build: toOriginalDetail,
});

/**
 * The routes whose answer the clients of the first Floom read in another shape, by id: a list where this server answers
 * a page, a worker where it answers what became of a push, the inputs themselves. Whoever does not ask for this server's
 * own shapes is answered these.
 */
export const originalAnswers: Readonly<Record<string, OriginalAnswer>> = {
  listWorkers: original({
    from: z.array(workerSummarySchema),
    to: z.array(originalWorkerSchema),
    description: "All workers, by name.",
    build: (workers) => workers.map((worker) => toOriginalWorker(worker)),
  }),
  getWorker: detail,
  changeWorker: detail,
  createWorker: pushed,
  createWorkerFromBundle: pushed,
  updateWorker: pushed,
  replaceWorkerFiles: pushed,
  archiveWorker: summary,
  restoreWorker: summary,
  pauseWorker: summary,
  resumeWorker: summary,
  rollbackWorker: original({
    from: activationResultSchema,
    to: originalWorkerSchema,
    description: "The worker as it is now.",
    build: ({ worker }) => toOriginalWorker(worker),
  }),
  listVersions: original({
    from: z.array(versionSummarySchema),
    to: z.array(originalVersionSchema),
    description: "The versions.",
    build: (versions, { worker = "" }) => versions.map((version) => toOriginalVersion(version, worker)),
  }),
  getSampleInput: original({
    from: sampleInputSchema,
    to: inputsSchema,
    description: "The inputs by name.",
    build: ({ inputs }) => inputs,
  }),
  getWorkerTimeseries: original({
    from: timeseriesSchema,
    to: z.array(timeseriesDaySchema),
    description: "One entry for each day, oldest first.",
    build: ({ days }) => days,
  }),
  listWorkerLogs: original({
    from: workerLogsSchema,
    to: z.array(workerLogLineSchema),
    description: "Log lines in order.",
    build: ({ logs }) => logs,
  }),
  listRuns: original({
    from: runPageSchema,
    to: z.array(runSummarySchema),
    description:
      "Runs, newest first; `X-Has-More` and `X-Next-*` tell of more, `X-Total-Count` how many there are where that is known.",
    build: ({ runs }) => runs,
    headers: ({ runs, next_cursor: cursor }, query) => {
      const last = cursor === null ? undefined : runs.at(-1);
      const before =
        last === undefined
          ? {}
          : { "x-next-before-id": last.id, "x-next-before-created-at": last.created_at };
      return { ...nextCursor(cursor), ...before, ...totalOf(runs.length, cursor, query) };
    },
  }),
  getRunLogs: original({
    from: logPageSchema,
    to: z.array(logLineSchema),
    description: "Log lines in order; `X-Next-After` tells of more.",
    build: ({ logs }) => logs,
    headers: ({ next_after: next }): Record<string, string> =>
      next === null ? {} : { "x-next-after": String(next) },
  }),
  listApprovals: original({
    from: approvalPageSchema,
    to: z.array(approvalSchema),
    description: "Approvals, newest first; `X-Has-More` and `X-Next-Cursor` tell of more.",
    build: ({ approvals }) => approvals,
    headers: ({ next_cursor: cursor }) => nextCursor(cursor),
  }),
};
