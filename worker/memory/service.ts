// Owns what an agent remembers from run to run: what its runs have learned, and the rules that people have given it.
// Never tells a run of a learning that waits for a person; never lets a call write twice.
// Writes learnings and rules in D1.
import type { Principal } from "#contract/access/access";
import { learningIdSchema } from "#contract/ids";
import type { FeedbackId, LearningId, RunId, WorkerId, WorkerName, WorkspaceId } from "#contract/ids";
import { formatLimit, limits } from "#contract/limits";
import type { Feedback, LearningState, LearningSummary } from "#contract/memory/memory";
import { requireWorker } from "../catalog/require-worker.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { readPlace, takePage } from "../platform/page.ts";
import { chooseNewest } from "./choose-learnings.ts";
import {
  deleteLearning,
  findFeedbackRow,
  findLearningRow,
  insertFeedback,
  insertLearning,
  keepLearning,
  listFeedbackRows,
  listLearningRows,
  resolveFeedbackRow,
} from "./store.ts";
import type { FeedbackRow, LearningRow } from "./store.ts";

export interface MemoryDeps {
  db: Db;
  clock: Clock;
  newLearningId: () => LearningId;
  newFeedbackId: () => FeedbackId;
}

/** So many rules are listed, with those that are resolved. */
const LISTED_FEEDBACK = 200;

/** A learning as an agent hands it over. */
export interface LearnRequest {
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  run_id: RunId;
  /** The call among all calls of all attempts: a repeat writes nothing. */
  call_key: string;
  learning: string;
  source: string | null;
  /** Why a person has to look at it first; null where later runs may be told of it at once. */
  why_waiting: string | null;
}

/** Keeps a learning, or hands it to a review; false where the worker has as many as it may have. */
export async function rememberLearning(deps: MemoryDeps, request: LearnRequest): Promise<boolean> {
  const row = { ...request, id: deps.newLearningId(), created_at: deps.clock() };
  return insertLearning(deps.db, row, limits.learnings_per_worker.value);
}

/** Everything that an agent's runs have learned and may be told of, oldest first. */
export async function listKept(
  { db }: Pick<MemoryDeps, "db">,
  workerId: string,
): Promise<{ created_at: string; learning: string; source: string | null }[]> {
  const limit = limits.learnings_per_worker.value;
  const rows = await listLearningRows(db, workerId, { state: "kept", limit });
  return rows
    .toReversed()
    .map(({ created_at, learning, source }) => ({ created_at: toIso(created_at), learning, source }));
}

/** What a run that begins is told: the newest learnings that fit, and the rules in force. */
export async function readMemory(
  { db }: Pick<MemoryDeps, "db">,
  { workerId, remembers }: { workerId: string; remembers: boolean },
): Promise<{ learnings: string[]; rules: string[] }> {
  const active = { active: true, limit: limits.feedback_per_worker.value };
  const [kept, rules] = await Promise.all([
    remembers ? listKept({ db }, workerId) : [],
    listFeedbackRows(db, workerId, active),
  ]);
  const newest = kept.toReversed().map(({ learning }) => learning);
  return {
    learnings: chooseNewest(newest, limits.memory_prompt_characters.value),
    rules: rules.toReversed().map(({ text }) => text),
  };
}

/** Throws `not_found`. */
export async function listLearnings(
  deps: MemoryDeps,
  principal: Principal,
  of: { worker: string; state?: LearningState | undefined; limit: number; cursor?: string | undefined },
): Promise<{ learnings: LearningSummary[]; next_cursor: string | null }> {
  const { worker } = await requireWorker(deps, principal, { name: of.worker });
  const before = readPlace(learningIdSchema, of.cursor);
  const rows = await listLearningRows(deps.db, worker.id, { state: of.state, before, limit: of.limit + 1 });
  const { page, next_cursor } = takePage(rows, of.limit);
  return { learnings: page.map((row) => describeLearning(worker.name, row)), next_cursor };
}

/** Keeps a learning that waits, or deletes one. Throws `not_found`, `learning_changed`. */
export async function reviewLearning(
  deps: MemoryDeps,
  principal: Principal,
  { worker: name, learning: id, verdict }: { worker: string; learning: string; verdict: "keep" | "drop" },
): Promise<LearningSummary> {
  const { worker } = await requireWorker(deps, principal, { name, scope: "workers:write" });
  const row = await findLearningRow(deps.db, { workerId: worker.id, id });
  if (row === undefined) throw notFound("learning");
  const by = { id: principal.id, now: deps.clock() };
  const isDone = verdict === "keep" ? await keepLearning(deps.db, id, by) : await deleteLearning(deps.db, id);
  if (!isDone) throw new AppError("learning_changed", "Somebody has decided about this learning already.");
  const decided = { ...row, decided_by: by.id, decided_at: by.now };
  const state = verdict === "keep" ? ("kept" as const) : ("dropped" as const);
  return { ...describeLearning(worker.name, decided), state };
}

/** Throws `not_found`. */
export async function listFeedback(
  deps: MemoryDeps,
  principal: Principal,
  name: string,
): Promise<Feedback[]> {
  const { worker } = await requireWorker(deps, principal, { name });
  const rows = await listFeedbackRows(deps.db, worker.id, { active: false, limit: LISTED_FEEDBACK });
  return rows.map((row) => describeFeedback(worker.name, row));
}

/** Throws `not_found`, `too_much_feedback`. */
export async function addFeedback(
  deps: MemoryDeps,
  principal: Principal,
  { worker: name, text }: { worker: string; text: string },
): Promise<Feedback> {
  const { worker } = await requireWorker(deps, principal, { name, scope: "workers:write" });
  const row = {
    id: deps.newFeedbackId(),
    workspace_id: worker.workspace_id,
    worker_id: worker.id,
    text,
    created_by: principal.id,
    created_at: deps.clock(),
  };
  if (!(await insertFeedback(deps.db, row, limits.feedback_per_worker.value))) {
    const most = formatLimit("feedback_per_worker");
    throw new AppError(
      "too_much_feedback",
      `${worker.name} has ${most} as rules in force, which is the most.`,
    );
  }
  return describeFeedback(worker.name, { ...row, resolved_by: null, resolved_at: null });
}

/** A repeat changes nothing. Throws `not_found`. */
export async function resolveFeedback(
  deps: MemoryDeps,
  principal: Principal,
  { worker: name, feedback: id }: { worker: string; feedback: string },
): Promise<Feedback> {
  const { worker } = await requireWorker(deps, principal, { name, scope: "workers:write" });
  const row = await findFeedbackRow(deps.db, { workerId: worker.id, id });
  if (row === undefined) throw notFound("feedback");
  if (row.resolved_at !== null) return describeFeedback(worker.name, row);
  const by = { id: principal.id, now: deps.clock() };
  await resolveFeedbackRow(deps.db, row.id, by);
  return describeFeedback(worker.name, { ...row, resolved_by: by.id, resolved_at: by.now });
}

function describeLearning(name: WorkerName, row: LearningRow): LearningSummary {
  return {
    id: row.id,
    worker_id: name,
    run_id: row.run_id,
    learning: row.learning,
    source: row.source,
    state: row.state === "kept" ? "kept" : "proposed",
    why_waiting: row.state === "kept" ? null : row.why_waiting,
    created_at: toIso(row.created_at),
    decided_by: row.decided_by,
    decided_at: toIsoOrNull(row.decided_at),
  };
}

function describeFeedback(name: WorkerName, row: FeedbackRow): Feedback {
  return {
    id: row.id,
    worker_id: name,
    text: row.text,
    status: row.resolved_at === null ? "active" : "resolved",
    created_by: row.created_by,
    created_at: toIso(row.created_at),
    resolved_by: row.resolved_by,
    resolved_at: toIsoOrNull(row.resolved_at),
  };
}
