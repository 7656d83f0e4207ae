// Owns work sessions: records of stretches of work, with the runs and notes that belong to them.
// Never sends anything anywhere, and never looks after a session: whether one is alive is read off its row.
// Writes sessions, their notes and which runs are theirs in D1.
import type * as z from "zod";
import type { Principal } from "#contract/access/access";
import type { WorkSessionId } from "#contract/ids";
import { formatLimit, limits } from "#contract/limits";
import { runStatusSchema } from "#contract/runs/run";
import { workSessionIdSchema } from "#contract/ids";
import type {
  startWorkSessionSchema,
  SyncCheck,
  WorkSessionDetail,
  WorkSessionSummary,
} from "#contract/work-sessions/work-session";
import { can } from "../access/policy.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { readPlace, takePage } from "../platform/page.ts";
import { requireRun } from "../runs/read/read-run.ts";
import type { ReadDeps } from "../runs/read/read-run.ts";
import { lapsesAt, statusOf } from "./status-of.ts";
import {
  deleteSession,
  endSession,
  findSession,
  insertNote,
  insertSession,
  insertSessionRun,
  listChangedWorkers,
  listNoteRows,
  listSessionRows,
  listSessionRuns,
  touchSession,
} from "./store.ts";
import type { SessionRow } from "./store.ts";

export interface WorkSessionDeps extends ReadDeps {
  db: Db;
  newSessionId: () => WorkSessionId;
}

type StartRequest = z.output<typeof startWorkSessionSchema>;

/** Throws `not_found`, also for what is no id at all. */
async function requireSession(
  { db }: WorkSessionDeps,
  principal: Principal,
  id: string,
): Promise<SessionRow> {
  const row = await findSession(db, { workspaceId: principal.workspace_id, id });
  if (row === undefined) throw notFound("session");
  return row;
}

/** Throws `not_found`, `session_ended`. */
async function requireOpen(deps: WorkSessionDeps, principal: Principal, id: string): Promise<SessionRow> {
  const row = await requireSession(deps, principal, id);
  if (row.ended_at === null) return row;
  throw new AppError("session_ended", `${row.name} has ended at ${toIso(row.ended_at)}.`);
}

/** Begins a session; the same key finds the one that it has begun, whatever became of that. Throws `session_full`. */
export async function startWorkSession(
  deps: WorkSessionDeps,
  principal: Principal,
  { name, key, lapse_seconds }: StartRequest,
): Promise<WorkSessionDetail> {
  const now = deps.clock();
  const row = {
    id: deps.newSessionId(),
    workspace_id: principal.workspace_id,
    session_key: key ?? null,
    name: name ?? `session ${toIso(now).slice(0, 16).replace("T", " ")}`,
    created_by: principal.id,
    lapse_seconds,
    started_at: now,
    last_seen_at: now,
  };
  const begun = await insertSession(deps.db, row, limits.work_sessions_per_workspace.value);
  if (begun !== null) return describeWhole(deps, principal, begun);
  const most = formatLimit("work_sessions_per_workspace");
  throw new AppError("session_full", `The workspace has ${most} as sessions, which is the most.`);
}

/** Sessions of the workspace, newest first. */
export async function listWorkSessions(
  deps: WorkSessionDeps,
  principal: Principal,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ sessions: WorkSessionSummary[]; next_cursor: string | null }> {
  const before = readPlace(workSessionIdSchema, cursor);
  const of = { workspaceId: principal.workspace_id, before, limit: limit + 1 };
  const { page, next_cursor } = takePage(await listSessionRows(deps.db, of), limit);
  return { sessions: page.map((row) => describeSession(row, deps.clock())), next_cursor };
}

/** Throws `not_found`. */
export async function getWorkSession(
  deps: WorkSessionDeps,
  principal: Principal,
  id: string,
): Promise<WorkSessionDetail> {
  return describeWhole(deps, principal, await requireSession(deps, principal, id));
}

/** Notes that a session is alive. Throws `not_found`, `session_ended`. */
export async function beatWorkSession(
  deps: WorkSessionDeps,
  principal: Principal,
  id: string,
): Promise<WorkSessionDetail> {
  await requireOpen(deps, principal, id);
  await touchSession(deps.db, { workspaceId: principal.workspace_id, id }, deps.clock());
  return getWorkSession(deps, principal, id);
}

/** Writes something down. Throws `not_found`, `session_ended`, `session_full`. */
export async function addWorkSessionNote(
  deps: WorkSessionDeps,
  principal: Principal,
  { session, note }: { session: string; note: string },
): Promise<WorkSessionDetail> {
  const { id: session_id, workspace_id } = await requireOpen(deps, principal, session);
  const row = { session_id, workspace_id, note, created_by: principal.id, created_at: deps.clock() };
  if (await insertNote(deps.db, row, limits.session_notes.value))
    return getWorkSession(deps, principal, session);
  throw await whyNotTaken(deps, principal, { session, limit: "session_notes" });
}

/** Adds a run that the principal may see; the same one again changes nothing. Throws `not_found`, `session_ended`, `session_full`. */
export async function addWorkSessionRun(
  deps: WorkSessionDeps,
  principal: Principal,
  { session, run }: { session: string; run: string },
): Promise<WorkSessionDetail> {
  const { detail } = await requireRun(deps, principal, run);
  const { id: session_id, workspace_id } = await requireOpen(deps, principal, session);
  const row = { session_id, run_id: detail.id, workspace_id, added_by: principal.id, added_at: deps.clock() };
  if (await insertSessionRun(deps.db, row, limits.session_runs.value))
    return getWorkSession(deps, principal, session);
  throw await whyNotTaken(deps, principal, { session, limit: "session_runs" });
}

/** It may have been ended meanwhile; else it is full. */
async function whyNotTaken(
  deps: WorkSessionDeps,
  principal: Principal,
  { session, limit }: { session: string; limit: "session_notes" | "session_runs" },
): Promise<AppError> {
  const { name } = await requireOpen(deps, principal, session);
  return new AppError("session_full", `${name} has ${formatLimit(limit)}, which is the most.`);
}

/** Ends a session, once. Throws `not_found`. */
export async function endWorkSession(
  deps: WorkSessionDeps,
  principal: Principal,
  { session, message }: { session: string; message: string | undefined },
): Promise<WorkSessionDetail> {
  await requireSession(deps, principal, session);
  const place = { workspaceId: principal.workspace_id, id: session };
  await endSession(deps.db, place, { now: deps.clock(), message: message ?? null });
  return getWorkSession(deps, principal, session);
}

/** What has changed since a session began; there is no remote to compare it with. Throws `not_found`. */
export async function checkSync(deps: WorkSessionDeps, principal: Principal, id: string): Promise<SyncCheck> {
  const { started_at: since, workspace_id } = await requireSession(deps, principal, id);
  const limit = limits.session_shown_items.value;
  const rows = await listChangedWorkers(deps.db, { workspaceId: workspace_id, since, limit: limit + 1 });
  const seen = rows
    .slice(0, limit)
    .filter((row) =>
      can(principal, "workers:read", { workspace_id, worker_id: row.id, worker_name: row.worker }),
    );
  return {
    status: "no_remote",
    since: toIso(since),
    changed: seen.map(({ worker, version, changed_at }) => ({
      worker,
      version,
      changed_at: toIso(changed_at),
    })),
    truncated: rows.length > limit,
  };
}

/** No workspace has a remote: nothing is sent, and nobody is asked. Throws `not_found`, `session_ended`, `no_remote`. */
export async function requestSync(deps: WorkSessionDeps, principal: Principal, id: string): Promise<never> {
  await requireOpen(deps, principal, id);
  throw new AppError(
    "no_remote",
    "This workspace has no remote: nothing was sent, and nobody was asked to approve it.",
  );
}

/** Throws `not_found`. */
export async function deleteWorkSession(
  deps: WorkSessionDeps,
  principal: Principal,
  id: string,
): Promise<void> {
  const { id: known } = await requireSession(deps, principal, id);
  if (!(await deleteSession(deps.db, known))) throw notFound("session");
}

async function describeWhole(
  deps: WorkSessionDeps,
  principal: Principal,
  row: SessionRow,
): Promise<WorkSessionDetail> {
  const { id, workspace_id } = row;
  const limit = limits.session_shown_items.value;
  const [notes, runs] = await Promise.all([
    listNoteRows(deps.db, id, limit),
    listSessionRuns(deps.db, { workspaceId: workspace_id, id }, limit),
  ]);
  const seen = runs.filter((run) =>
    can(principal, "runs:read", { workspace_id, worker_id: run.worker_id, worker_name: run.worker }),
  );
  return {
    ...describeSession(row, deps.clock()),
    notes: notes.toReversed().map(({ number, note, created_by, created_at }) => ({
      number,
      note,
      created_by,
      created_at: toIso(created_at),
    })),
    runs: seen.map(({ run_id, worker, status, added_by, added_at }) => ({
      run_id,
      worker,
      status: runStatusSchema.parse(status),
      added_by,
      added_at: toIso(added_at),
    })),
  };
}

function describeSession(row: SessionRow, now: number): WorkSessionSummary {
  return {
    id: row.id,
    name: row.name,
    status: statusOf(row, now),
    created_by: row.created_by,
    started_at: toIso(row.started_at),
    last_seen_at: toIso(row.last_seen_at),
    lapse_seconds: row.lapse_seconds,
    lapses_at: row.ended_at === null ? toIso(lapsesAt(row)) : null,
    ended_at: toIsoOrNull(row.ended_at),
    end_message: row.end_message,
  };
}
