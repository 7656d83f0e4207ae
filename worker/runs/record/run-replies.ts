import type { ApprovalId } from "#contract/ids";
import type { ApprovalRule } from "../lifecycle/hold-state.ts";
import * as z from "zod";
import type { Json } from "#contract/json";
import { runIdSchema } from "#contract/ids";
import type { RunId } from "#contract/ids";
import type { ApprovalRecord } from "#contract/approvals/approval";
import { defineDocument } from "../../platform/objects/stored-document.ts";
import type { VoteRecord, VoteRefusal } from "../lifecycle/hold-state.ts";

/** One person's decision as it comes in; its time is the run's to say. */
export type DecisionRequest = Omit<VoteRecord, "at">;

/** What a program asks people in the middle of its attempt. */
export interface InPlaceQuestion {
  call_id: string;
  label: string;
  preview: string | null;
  preview_payload: Json;
  /** What is executed when it is approved without edits: the call's arguments. */
  proposed: Record<string, Json>;
  rule: ApprovalRule;
}

/** `late`: the script's time is over before anybody could answer. `busy`: people are asked about another call, or the attempt only begins. `over`: it asks nobody any more. `full`: nor may it. */
export type InPlaceReply =
  | { kind: "asked"; approval_id: ApprovalId }
  | { kind: "busy" }
  | { kind: "over" }
  | { kind: "too_large" }
  | { kind: "late" }
  | { kind: "full" };

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
  /** The attempt that has started the child. */
  attempt: z.int().default(0),
  /** Children that were started under the key before and did not complete, the oldest first. */
  earlier: z.array(runIdSchema).default([]),
});

/** One call of a run to another worker. `digest` is of worker and inputs, to tell a repeat from another request. */
export type CallRecord = z.infer<typeof callSchema>;

/** A call as it is to be taken down; `replaces` is the failed child whose place the child takes, and null for none. */
export type CallWish = Omit<CallRecord, "seq" | "earlier"> & {
  replaces: RunId | null;
  /** How many calls the run may make in all. */
  most: number;
};
export const callDocument = defineDocument("call", callSchema);

/** `kept`: the child that stands under the key, which may be another one than was wished for. */
export type CallReply = { kind: "kept"; call: CallRecord } | { kind: "conflict" } | { kind: "full" };
