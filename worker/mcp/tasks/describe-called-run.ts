import type { Json } from "#contract/json";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { askPerson, isAskingPeople } from "../asking/ask-person.ts";
import type { Asker } from "../asking/ask-person.ts";
import type { CalledRun } from "./find-called-run.ts";

export type CallStatus = "working" | "input_required" | "completed" | "failed" | "cancelled";

/** How a task stands, in the words that both eras of the protocol share. */
export interface CallState {
  status: CallStatus;
  /** What it waits for, or what it says of itself. */
  message: string | null;
  createdAt: string;
  lastUpdatedAt: string;
  /** What the client's person is to be asked, by the approval's id; empty unless it is `input_required`. */
  asks: Readonly<Record<string, Json>>;
}

/** So long a client should leave a task alone between two looks. */
export const POLL_MS = 2000;

/**
 * How a task stands for this client. Pure. A run that failed is a task that is `completed`, with a result that says so:
 * `failed` is kept for errors of the protocol. A run that asks people is `input_required` where the client can lead its
 * person there, and else `completed` with the answer that says whom to ask: a client that cannot ask would only wait.
 */
export function describeCalledRun(task: CalledRun, asker: Asker): CallState {
  const { first, now } = task;
  const asks = askPerson(now, asker);
  return {
    status: statusOf(now, asks !== null),
    message:
      asks === null
        ? (now.why_waiting ?? now.progress?.message ?? null)
        : (now.approval_trail?.label ?? null),
    createdAt: first.created_at,
    lastUpdatedAt: changedAt(now),
    asks: asks ?? {},
  };
}

function statusOf(run: RunDetail, isAsking: boolean): CallStatus {
  if (isAsking) return "input_required";
  if (run.status === "cancelled") return "cancelled";
  if (isTerminal(run.status) || isAskingPeople(run)) return "completed";
  return "working";
}

function changedAt(run: RunDetail): string {
  const asked = run.status === "pending_approval" ? run.approval_trail?.created_at : undefined;
  return run.completed_at ?? asked ?? run.started_at ?? run.created_at;
}
