import type { RunOutcome } from "./run-outcome.ts";

/** How the version wants people to be asked; frozen into the spec. */
export interface ApprovalRule {
  label: string;
  expires_ms: number;
  on_expiry: "reject" | "approve";
  not_by_requester: boolean;
  approvers_needed: number;
}

/** One person's word on a held run. `principal` is a token's id, or `link` for the signed review link. */
export interface VoteRecord {
  principal: string;
  decision: "approved" | "rejected";
  reason: string | null;
  /** What is executed instead of the outputs. */
  edited_output: Record<string, unknown> | null;
  annotations: unknown;
  at: number;
}

/** How the wait ended. It is written once; `follow_up_run_id` names the one run that may act on it. */
export interface HoldVerdict {
  status: "approved" | "rejected" | "expired";
  at: number;
  reason: string | null;
  edited_output: Record<string, unknown> | null;
  annotations: unknown;
  /** What came from outside, for await_external. */
  external_result: unknown;
  follow_up_run_id: string | null;
}

/**
 * What a run waits for after its script has ended: the word of people, or something from outside. It stays on the
 * run's record after the verdict, and is the only thing that lets a follow-up run act.
 */
export interface Hold {
  kind: "approval" | "await_external";
  approval_id: string;
  label: string;
  preview: string | null;
  preview_type: string | null;
  preview_payload: unknown;
  /** Names what is awaited, for await_external. */
  key: string | null;
  /** Token of the review link; null where a link would let somebody decide who may not. */
  link_token: string | null;
  /** Token or trigger that asked for the run. */
  requester: string | null;
  since: number;
  expires_at: number;
  on_expiry: "reject" | "approve";
  not_by_requester: boolean;
  approvers_needed: number;
  /** Sandbox and place in the queue have been given back, and the inbox knows. */
  parked: boolean;
  /** How the run ends once it is decided. */
  outcome: RunOutcome;
  votes: VoteRecord[];
  verdict: HoldVerdict | null;
}

/** Why a vote is not taken; names of problems. */
export type VoteRefusal =
  | "run_not_pending"
  | "approval_decided"
  | "approval_expired"
  | "approval_voted"
  | "approval_own_request"
  | "edits_not_allowed";
