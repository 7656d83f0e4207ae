import pLimit from "p-limit";
import type * as z from "zod";
import type { Principal } from "#contract/access/access";
import type {
  deadLetterPageSchema,
  DismissRequest,
  listDeadLettersQuerySchema,
  RedriveRequest,
  RedriveResult,
} from "#contract/dead-letters/dead-letter";
import { runIdSchema } from "#contract/ids";
import type { RunId } from "#contract/ids";
import { failureKindOf } from "#contract/runs/run-failure";
import { hiddenWorkers } from "../../access/policy.ts";
import { attempt } from "../../platform/attempt.ts";
import { readPlace, takePage } from "../../platform/page.ts";
import {
  findDeadLetters,
  listDeadRows,
  listOldestDeadIds,
  markDismissed,
  markRedriven,
} from "./dead-letter-store.ts";
import type { DeadLetterFilter } from "./dead-letter-store.ts";
import { admitReplay } from "../replay/replay.ts";
import type { ReplayDeps } from "../replay/replay.ts";

/** So many at a time, so that a bulk request neither queues for long nor floods the queues. */
const AT_ONCE = 10;

function buildFilter(filter: NonNullable<RedriveRequest["filter"]>): DeadLetterFilter {
  return {
    workerName: filter.worker_id,
    code: filter.code,
    kind: filter.kind,
    since: filter.since === undefined ? undefined : Date.parse(filter.since),
  };
}

/** A page of the failed runs that nobody has dealt with, newest first. */
export async function listDeadLetters(
  deps: ReplayDeps,
  principal: Principal,
  query: z.output<typeof listDeadLettersQuerySchema>,
): Promise<z.output<typeof deadLetterPageSchema>> {
  const rows = await listDeadRows(deps.db, principal.workspace_id, {
    filter: { ...buildFilter(query), hidden: hiddenWorkers(principal) },
    before: readPlace(runIdSchema, query.cursor),
    limit: query.limit + 1,
  });
  const { page, next_cursor } = takePage(rows, query.limit);
  return { runs: page.map((run) => ({ ...run, kind: failureKindOf(run.error_code) })), next_cursor };
}

async function selectIds(deps: ReplayDeps, principal: Principal, request: DismissRequest): Promise<string[]> {
  if (request.ids) return [...new Set<string>(request.ids)];
  const filter = { ...buildFilter(request.filter ?? {}), hidden: hiddenWorkers(principal) };
  return listOldestDeadIds(deps.db, principal.workspace_id, { filter, limit: request.limit });
}

/** Starts failed runs over, each at most once: the key of the new run is made of the failed one's id. */
export async function redriveDeadLetters(
  deps: ReplayDeps,
  principal: Principal,
  request: RedriveRequest,
): Promise<{ results: RedriveResult[] }> {
  const ids = await selectIds(deps, principal, request);
  const hidden = hiddenWorkers(principal);
  const known =
    ids.length === 0 ? [] : await findDeadLetters(deps.db, principal.workspace_id, { ids, hidden });
  const results = await pLimit(AT_ONCE).map(ids, (id) =>
    redriveOne(deps, principal, { id, row: known.find((row) => row.id === id), request }),
  );
  return { results };
}

interface Redrive {
  id: string;
  row: { status: string; redriven_by: RunId | null } | undefined;
  request: RedriveRequest;
}

async function redriveOne(
  deps: ReplayDeps,
  principal: Principal,
  { id, row, request }: Redrive,
): Promise<RedriveResult> {
  if (!row) return refuse(id, "not_found", "There is no such run.");
  if (row.redriven_by) return { id, outcome: "already", run_id: row.redriven_by, problem: null };
  if (row.status !== "failed") return refuse(id, "not_failed", `The run is ${row.status}.`);
  // One that cannot be started is that one's answer, and no failure of the request.
  const replayed = await attempt(() =>
    admitReplay(deps, principal, {
      runId: id,
      workerName: null,
      replay: { version: request.version, inputs: {}, dry: false },
      idempotencyKey: `redrive:${id}`,
    }),
  );
  if (!replayed.ok) return refuse(id, replayed.refusal.code, replayed.refusal.message);
  const { runId, how } = replayed.value;
  if (how === "skipped") return refuse(id, "skipped", `The worker lets no more in while ${runId} is there.`);
  const startedId = runIdSchema.parse(runId);
  await markRedriven(deps.db, { workspaceId: principal.workspace_id, id }, startedId);
  const outcome = how === "replayed" ? "already" : "redriven";
  return { id, outcome, run_id: startedId, problem: null };
}

function refuse(id: string, code: string, detail: string): RedriveResult {
  return { id, outcome: "refused", run_id: null, problem: { code, detail } };
}

/** Takes failed runs off the list; answers those that were on it. */
export async function dismissDeadLetters(
  deps: ReplayDeps,
  principal: Principal,
  request: DismissRequest,
): Promise<{ dismissed: RunId[] }> {
  const ids = await selectIds(deps, principal, request);
  if (ids.length === 0) return { dismissed: [] };
  const now = deps.clock();
  const dismissed = await markDismissed(deps.db, principal.workspace_id, {
    ids,
    hidden: hiddenWorkers(principal),
    now,
  });
  return { dismissed: dismissed.map((id) => runIdSchema.parse(id)) };
}
