import * as z from "zod";
import type { Json } from "#contract/json";
import { runIdSchema } from "#contract/ids";
import type { RunId } from "#contract/ids";
import type { ApprovalRecord } from "#contract/approvals/approval";
import { defineDocument } from "../../platform/objects/stored-document.ts";
import type { VoteRecord, VoteRefusal } from "../lifecycle/hold-state.ts";

/** One person's decision as it comes in; its time is the run's to say. */
export type DecisionRequest = Omit<VoteRecord, "at">;

/** `taken`: the vote is on the record; the approval says whether that decided it. */
export type DecideReply =
  | { kind: "taken"; approval: ApprovalRecord }
  | { kind: "refused"; why: VoteRefusal; approval: ApprovalRecord | null };

/** What came from outside for a run that waits for `key`, and the tokens of those whose word it may be. */
export interface ExternalAnswer {
  key: string;
  payload: Json;
  by?: readonly string[];
}

export type ResumeReply = { kind: "resumed"; run_id: RunId } | { kind: "refused" } | { kind: "too_large" };

const callSchema = z.object({
  key: z.string(),
  run_id: runIdSchema,
  digest: z.string(),
  /** The place of the call among the run's calls, from 1. */
  seq: z.int(),
});

/** One call of a run to another worker. `digest` is of worker and inputs, to tell a repeat from another request. */
export type CallRecord = z.infer<typeof callSchema>;
export const callDocument = defineDocument("call", callSchema);

export type CallReply =
  { kind: "reserved" | "known"; run_id: RunId } | { kind: "conflict" } | { kind: "full" };
