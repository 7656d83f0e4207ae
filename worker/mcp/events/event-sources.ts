import type { Approval } from "#contract/approvals/approval";
import { approvalRoutes } from "#contract/approvals/routes";
import { ApiProblem } from "#contract/client";
import {
  missedStartKey,
  tellApprovalRequest,
  tellMissedStart,
  tellRun,
} from "#contract/event-subscriptions/subscription";
import { runRoutes } from "#contract/runs/routes";
import { isTerminal } from "#contract/runs/run";
import type { RunSummary } from "#contract/runs/run";
import type { MissedStart } from "#contract/triggers/missed-start";
import { triggerRoutes } from "#contract/triggers/routes";
import type { McpCaller } from "../caller.ts";
import type { EventSource, Happening } from "./event-source.ts";

const PAGE = 100;
/** More than this is never read for one answer: whoever was away longer is told that something was left out. */
const MOST_PAGES = 20;
const UNDER_WAY = "queued,running,pending_approval";

const text = { type: "string" };
const runPayload = {
  type: "object",
  properties: {
    run_id: text,
    worker: text,
    status: text,
    trigger_source: text,
    error_code: { type: ["string", "null"] },
    duration_ms: { type: ["integer", "null"] },
    url: text,
  },
};
const approvalPayload = {
  type: "object",
  properties: {
    approval_id: text,
    run_id: text,
    worker: text,
    label: text,
    expires_at: text,
    decide_at: text,
  },
};
const missedPayload = {
  type: "object",
  properties: { worker: text, trigger_id: text, name: text, due_at: text, code: text, reason: text },
};

/** What can be listened for. The end of a run is told with its outcome, never with inputs or outputs. */
export const eventSources: readonly EventSource[] = [
  ofRuns("run.finished", "A run is over: completed, failed or cancelled.", () => true),
  ofRuns("run.failed", "A run has failed.", ({ status }) => status === "failed"),
  {
    name: "approval.requested",
    description: "A run waits for a person to decide.",
    prefix: "apr",
    payload: approvalPayload,
    unsettled: async () => new Set(),
    since: async (caller, floor, worker) => {
      const all = await readBack(floor, async (cursor) => {
        const query = { limit: PAGE, ...cursor };
        const page = await caller.api.call(approvalRoutes.listApprovals, { query });
        return { items: page.approvals, next: page.next_cursor };
      });
      const found = all.found.filter((one) => worker === null || one.worker_id === worker);
      return { ...all, found: found.map((one) => ofApproval(one, caller.publicUrl)) };
    },
    find: (caller, id) =>
      unlessGone(
        caller.api
          .call(approvalRoutes.getApproval, { params: { approval: id } })
          .then((one) => ofApproval(one, caller.publicUrl)),
      ),
  },
  {
    name: "schedule.missed",
    description: "A schedule was due and started nothing.",
    prefix: "mis",
    payload: missedPayload,
    unsettled: async () => new Set(),
    since: async (caller, floor, worker) => {
      const only = worker === null ? {} : { worker_id: worker };
      const all = await readBack(floor, (cursor) => listMissed(caller, { limit: PAGE, ...only, ...cursor }));
      return { ...all, found: all.found.map(ofMissed) };
    },
    find: (caller, id) =>
      unlessGone(listMissed(caller, { id }).then(({ items }) => items.map(ofMissed)[0] ?? null)),
  },
];

function ofRuns(name: string, description: string, isMeant: (run: RunSummary) => boolean): EventSource {
  const tell = (run: RunSummary, { publicUrl }: McpCaller) => ofRun(run, publicUrl, isMeant(run));
  return {
    name,
    description,
    prefix: "run",
    payload: runPayload,
    unsettled: async (caller, worker) => {
      const all = await readBack("", (cursor) => listRuns(caller, worker, { status: UNDER_WAY, ...cursor }));
      return new Set(all.found.map(({ id }) => id));
    },
    since: async (caller, floor, worker) => {
      const all = await readBack(floor, (cursor) => listRuns(caller, worker, cursor));
      return { ...all, found: all.found.map((run) => tell(run, caller)) };
    },
    find: (caller, id) =>
      unlessGone(caller.api.call(runRoutes.getRun, { params: { run: id } }).then((run) => tell(run, caller))),
  };
}

async function listRuns(
  caller: McpCaller,
  worker: string | null,
  query: { status?: string; cursor?: string },
) {
  const only = worker === null ? {} : { worker_id: worker };
  const page = await caller.api.call(runRoutes.listRuns, { query: { limit: PAGE, ...only, ...query } });
  return { items: page.runs, next: page.next_cursor };
}

async function listMissed(
  caller: McpCaller,
  query: { id?: string; limit?: number; worker_id?: string; cursor?: string },
) {
  const page = await caller.api.call(triggerRoutes.listMissedStarts, { query });
  return { items: page.missed, next: page.next_cursor };
}

/** Lists are newest first: reads back to the floor, and answers oldest first. */
async function readBack<T extends { id: string }>(
  floor: string,
  read: (cursor: { cursor?: string }) => Promise<{ items: readonly T[]; next: string | null }>,
): Promise<{ found: T[]; isWhole: boolean }> {
  const found: T[] = [];
  let next: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page: { items: readonly T[]; next: string | null } = await read(
      next === null ? {} : { cursor: next },
    );
    const newer = page.items.filter(({ id }) => id > floor);
    found.push(...newer);
    next = page.next;
    if (next === null || newer.length < page.items.length)
      return { found: found.toReversed(), isWhole: true };
  }
  return { found: found.toReversed(), isWhole: false };
}

function ofRun(run: RunSummary, publicUrl: string, isMeant: boolean): Happening {
  const at = isTerminal(run.status) ? (run.completed_at ?? run.created_at) : null;
  return { id: run.id, at, data: isMeant ? tellRun(run, publicUrl) : null };
}

function ofApproval(
  { id, run_id, worker_id: worker, label, expires_at, created_at }: Approval,
  publicUrl: string,
): Happening {
  const data = tellApprovalRequest({ id, run_id, worker, label, expires_at }, publicUrl);
  return { id, at: created_at, data };
}

function ofMissed(missed: MissedStart): Happening {
  const { id, noted_at: at, worker_id: worker } = missed;
  return { id, key: missedStartKey(missed), at, data: tellMissedStart({ ...missed, worker }) };
}

async function unlessGone(asked: Promise<Happening | null>): Promise<Happening | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiProblem && [400, 403, 404, 422].includes(error.problem.status)) return null;
    throw error;
  }
}
