import * as z from "zod";
import { annotationsSchema } from "#contract/approvals/approval";
import { approvalIdSchema, runIdSchema } from "#contract/ids";
import { storedJsonSchema, storedValuesSchema } from "../../platform/objects/stored-document.ts";
import { runOutcomeSchema } from "./run-outcome.ts";

/** How the version wants people to be asked; frozen into the spec. */
export const approvalRuleSchema = z.object({
  label: z.string(),
  expires_ms: z.number(),
  on_expiry: z.enum(["reject", "approve"]),
  not_by_requester: z.boolean(),
  approvers_needed: z.int(),
  decide_in_client: z.boolean().optional(),
});
export type ApprovalRule = z.infer<typeof approvalRuleSchema>;

const edits = storedValuesSchema.nullable();

/** One person's word on a held run. `principal` is a token's id, or `link` for the signed review link. */
export const voteRecordSchema = z.object({
  principal: z.string(),
  decision: z.enum(["approved", "rejected"]),
  reason: z.string().nullable(),
  /** What is executed instead of the outputs. */
  edited_output: edits,
  annotations: annotationsSchema.nullable().default(null),
  at: z.number(),
});
export type VoteRecord = z.infer<typeof voteRecordSchema>;

/** How the wait ended. It is written once; `follow_up_run_id` names the one run that may act on it. */
export const holdVerdictSchema = z.object({
  status: z.enum(["approved", "rejected", "expired"]),
  at: z.number(),
  reason: z.string().nullable(),
  /** Nobody decided: the time did. */
  by_time: z.literal(true).optional(),
  edited_output: edits,
  annotations: annotationsSchema.nullable().default(null),
  /** What came from outside, for await_external. */
  external_result: storedJsonSchema.default(null),
  /** Tokens of those whose word that may be. */
  answered_by: z.array(z.string()).readonly().optional(),
  follow_up_run_id: runIdSchema.nullable(),
});
export type HoldVerdict = z.infer<typeof holdVerdictSchema>;

/**
 * What a run waits for after its script has ended: the word of people, or something from outside. It stays on the
 * run's record after the verdict, and is the only thing that lets a follow-up run act.
 */
export const holdSchema = z.object({
  kind: z.enum(["approval", "await_external"]),
  approval_id: approvalIdSchema,
  label: z.string(),
  preview: z.string().nullable(),
  preview_type: z.string().nullable(),
  preview_payload: storedJsonSchema.default(null),
  /** Names what is awaited, for await_external. */
  key: z.string().nullable(),
  /** Token of the review link; null where a link would let somebody decide who may not. */
  link_token: z.string().nullable(),
  /** Token or trigger that asked for the run. */
  requester: z.string().nullable(),
  /** Tokens of those who count as having asked, too. */
  co_requesters: z.array(z.string()).readonly().optional(),
  since: z.number(),
  expires_at: z.number(),
  on_expiry: z.enum(["reject", "approve"]),
  not_by_requester: z.boolean(),
  approvers_needed: z.int(),
  decide_in_client: z.boolean().optional(),
  /**
   * The call that waits, for a question in the middle of an attempt: the attempt goes on after the verdict, whatever that is,
   * and no follow-up run acts on it. Absent for what is asked at an attempt's end.
   */
  in_place: z.object({ call_id: z.string() }).optional(),
  /** Sandbox and place in the queue have been given back, and the inbox knows. */
  parked: z.boolean(),
  /** How the run ends once it is decided. */
  outcome: runOutcomeSchema,
  votes: z.array(voteRecordSchema),
  verdict: holdVerdictSchema.nullable(),
});
export type Hold = z.infer<typeof holdSchema>;

/** A question in the middle of an attempt, and how it was answered. */
export const answeredSchema = z.object({
  call_id: z.string(),
  approval_id: approvalIdSchema,
  verdict: holdVerdictSchema,
});

/** Why a vote is not taken; names of problems. */
export type VoteRefusal =
  | "run_not_pending"
  | "approval_decided"
  | "approval_expired"
  | "approval_voted"
  | "approval_own_request"
  | "edits_not_allowed"
  | "decision_too_large";
