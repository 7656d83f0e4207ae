import type { Json } from "#contract/json";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import type { ClientAbilities } from "../asking/client-abilities.ts";
import { askPerson } from "../asking/ask-person.ts";
import type { TaskRun } from "./find-task.ts";

export type TaskStatus = "working" | "input_required" | "completed" | "failed" | "cancelled";

/** How a task stands, in the words that both eras of the protocol share. */
export interface TaskState {
  status: TaskStatus;
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
export function describeTask(task: TaskRun, client: ClientAbilities, publicUrl: string): TaskState {
  const { first, now } = task;
  const asks = isAskingPeople(now) ? askPerson(now, client, publicUrl) : null;
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

/** Whether a run waits for people, and not for a machine. Pure. */
export function isAskingPeople({ status, approval_trail: trail }: RunDetail): boolean {
  return status === "pending_approval" && trail?.kind === "approval";
}

function statusOf(run: RunDetail, isAsking: boolean): TaskStatus {
  if (isAsking) return "input_required";
  if (run.status === "cancelled") return "cancelled";
  if (isTerminal(run.status) || isAskingPeople(run)) return "completed";
  return "working";
}

function changedAt(run: RunDetail): string {
  const asked = run.status === "pending_approval" ? run.approval_trail?.created_at : undefined;
  return run.completed_at ?? asked ?? run.started_at ?? run.created_at;
}
