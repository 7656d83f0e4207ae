// Owns what people ask of, and say to, a council that is under way. Never takes a turn: the attempt's program does.
// Writes messages in D1, and calls the attempt so that it reads them.
import type { Principal } from "#contract/access/access";
import type { CouncilDetail, CouncilRecord } from "#contract/councils/council";
import { formatLimit, limits } from "#contract/limits";
import { isTerminal } from "#contract/runs/run";
import { fromWireWorker } from "#contract/floom-wire";
import type { AttemptApi } from "../attempts/attempt-api.ts";
import { AppError } from "../platform/app-error.ts";
import { toIso } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { describeError, log } from "../platform/log.ts";
import { requireRun } from "../runs/read/read-run.ts";
import type { ReadDeps } from "../runs/read/read-run.ts";
import type { RunView } from "../runs/record/run-api.ts";
import { insertMessage, listMessageRows } from "./store.ts";
import type { MessageRow } from "./store.ts";

export interface CouncilServiceDeps extends ReadDeps {
  db: Db;
  attempt: (runId: string, attempt: number) => Pick<AttemptApi, "readCouncil" | "wake">;
  newMessageKey: () => string;
}

interface Held {
  view: RunView;
  record: CouncilRecord;
  attempt: ReturnType<CouncilServiceDeps["attempt"]>;
}

/** The council of a run's last attempt. Throws `not_found`, `no_council`. */
async function requireCouncil(deps: CouncilServiceDeps, principal: Principal, runId: string): Promise<Held> {
  const view = await requireRun(deps, principal, runId);
  const last = view.detail.attempts.at(-1)?.attempt;
  const attempt = last === undefined ? undefined : deps.attempt(view.detail.id, last);
  const record = (await attempt?.readCouncil()) ?? null;
  if (record !== null && attempt !== undefined) return { view, record, attempt };
  throw new AppError("no_council", `${runId} holds no council, or has not begun yet.`);
}

/** Who may see what in a council, and what was said. Throws `not_found`, `no_council`. */
export async function getCouncil(
  deps: CouncilServiceDeps,
  principal: Principal,
  { run, member }: { run: string; member?: string | undefined },
): Promise<CouncilDetail> {
  const held = await requireCouncil(deps, principal, run);
  return describe(held, { messages: await listMessageRows(deps.db, run), member });
}

interface Said {
  run: string;
  kind: MessageRow["kind"];
  speaker: string;
  message: string;
  key: string;
}

/**
 * Says something to a council, or has it stop. The same key is the same message. Throws `not_found`, `no_council`, `run_finished`,
 * `council_full`.
 */
export async function tellCouncil(
  deps: CouncilServiceDeps,
  principal: Principal,
  { run, ...said }: Said,
): Promise<CouncilDetail> {
  const { view, record, attempt } = await requireCouncil(deps, principal, run);
  if (isTerminal(view.detail.status) || record.ended_by !== null)
    throw new AppError("run_finished", "The council has ended: nobody would be told of it.");
  const row = {
    run_id: view.detail.id,
    workspace_id: principal.workspace_id,
    message_key: said.key,
    kind: said.kind,
    speaker: said.speaker,
    message: said.message,
    created_by: principal.id,
    created_at: deps.clock(),
  };
  if (!(await insertMessage(deps.db, row, limits.council_messages.value))) {
    const most = formatLimit("council_messages");
    throw new AppError("council_full", `A council takes at most ${most} as messages.`);
  }
  // It is read in the council's next step: where this call is lost, that is a while later.
  await attempt
    .wake()
    .catch((error: unknown) => log("warn", "council.not_called", { run, error: describeError(error) }));
  return getCouncil(deps, principal, { run });
}

function describe(
  { view, record }: Held,
  { messages, member }: { messages: readonly MessageRow[]; member: string | undefined },
): CouncilDetail {
  const { detail } = view;
  const { topic } = detail.inputs;
  const isStopped = messages.some(({ kind }) => kind === "stop");
  const isWaiting = record.turns.some(({ status }) => status === "waiting");
  const isEnded = record.ended_by !== null || isTerminal(detail.status);
  return {
    ...record,
    run_id: detail.id,
    worker: fromWireWorker(detail).name,
    topic: typeof topic === "string" ? topic : JSON.stringify(topic ?? ""),
    status: isEnded ? "ended" : isStopped ? "stopping" : isWaiting ? "waiting" : "running",
    turns: member === undefined ? record.turns : record.turns.filter(({ speaker }) => speaker === member),
    messages: messages.map(({ number, kind, speaker, message, created_by, created_at }) => ({
      number,
      kind,
      speaker,
      message,
      created_by,
      created_at: toIso(created_at),
      reached_turn: record.turns.find((turn) => turn.messages_seen >= number)?.number ?? null,
    })),
  };
}
