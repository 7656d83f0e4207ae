import * as z from "zod";
import { approvalIdSchema, runIdSchema, workerNameSchema } from "../ids.ts";
import { approvalLimits } from "./limits.ts";
import { pageQuerySchema } from "../page.ts";
import { artifactSchema, inputsSchema } from "../runs/run.ts";

export const approvalStatusSchema = z.enum(["pending", "approved", "rejected", "expired"]);
export type ApprovalStatus = z.infer<typeof approvalStatusSchema>;

const annotationText = z.string().max(approvalLimits.annotation_characters.value);
const share = z.number().min(0).max(1);

/** Remarks of a reviewer on the texts and pictures of what is approved. Shape and bounds as in Floom's API. */
export const annotationsSchema = z
  .strictObject({
    text: z
      .array(z.strictObject({ quote: annotationText, comment: annotationText }))
      .max(200)
      .exactOptional(),
    images: z
      .array(
        z.strictObject({
          url: z.string().regex(/^\/uploads\/[0-9a-f]{64}/, "must be /uploads/ and the id of an upload"),
          caption: annotationText.exactOptional(),
          pins: z
            .array(z.strictObject({ x: share, y: share, comment: annotationText }))
            .max(50)
            .exactOptional(),
        }),
      )
      .max(30)
      .exactOptional(),
  })
  .refine(
    (value) => JSON.stringify(value).length <= approvalLimits.annotations_bytes.value,
    "is larger than 256 KiB",
  );

const outputsSchema = z.record(z.string(), z.json());
const reason = z.string().max(approvalLimits.annotation_characters.value).nullish();

/** `comment` is another name for `reason`. A member that is null counts as not given. */
export const approveRequestSchema = z.strictObject({
  edited_output: outputsSchema
    .nullish()
    .describe("What is executed instead of the outputs; only where one approver decides."),
  annotations: annotationsSchema.nullish(),
  reason,
  comment: reason,
});
export const rejectRequestSchema = approveRequestSchema.omit({ edited_output: true });

/** One person's word. `principal` is the id of the token that gave it, or `link` for the signed review link. */
export const voteSchema = z.object({
  principal: z.string(),
  decision: z.enum(["approved", "rejected"]),
  reason: z.string().nullable(),
  edited_output: outputsSchema.nullable(),
  annotations: z.json().nullable(),
  voted_at: z.iso.datetime(),
});

/** What a reviewer sees of what is asked. Field names as in Floom's API. */
const reviewedSchema = z.object({
  id: approvalIdSchema,
  run_id: runIdSchema,
  worker_id: workerNameSchema.describe("The worker's name, which is its address."),
  worker_name: z.string().describe("The worker's title."),
  status: approvalStatusSchema,
  label: z.string(),
  preview: z.string().nullable(),
  preview_type: z.string().nullable(),
  preview_payload: z.json().nullable(),
  type: z.string().nullable().describe("The same as preview_type."),
  outputs: outputsSchema.describe("What is executed when it is approved without edits."),
  artifacts: z.array(artifactSchema),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  decided_at: z.iso.datetime().nullable(),
  on_expiry: z.enum(["reject", "approve"]).describe("What becomes of it when nobody decides in time."),
  approvers_needed: z.int().positive(),
  reason: z.string().nullable(),
  edited_output: outputsSchema.nullable(),
  annotations: z.json().nullable(),
  follow_up_run_id: runIdSchema.nullable(),
});

/**
 * What a review link shows: all that is asked while it waits to be decided, and from then on the decision alone, with
 * whatever else it said empty. `decided_by` is ours.
 */
export const publicApprovalSchema = reviewedSchema.extend({
  decided_by: z
    .string()
    .nullable()
    .describe("Once decided: the id of the token that decided, or `link`. Null where the time decided."),
});
export type PublicApproval = z.infer<typeof publicApprovalSchema>;

/** What the inbox shows; `votes` and below are ours. */
export const approvalSchema = reviewedSchema.extend({
  kind: z
    .enum(["workflow", "agent_tool"])
    .default("workflow")
    .describe(
      "`agent_tool`: one call of a run that is under way, which goes on after the decision; `workflow`: what a run proposes at its end, and a follow-up run does.",
    ),
  owner_id: z.string().describe("The workspace."),
  inputs: inputsSchema.describe("The inputs of the run that asks."),
  decision_input_json: z.string().describe("The same inputs as JSON text."),
  edited_output_json: z.string().nullable(),
  requested_by: z.string().nullable().describe("Token or trigger that started the run."),
  not_by_requester: z.boolean(),
  decide_in_client: z
    .boolean()
    .default(false)
    .describe("A client of MCP may say the decision of whom it acts for, if that person may decide."),
  votes: z.array(voteSchema),
  public_link: z
    .string()
    .nullable()
    .describe("Whoever has this link may decide. Null where that is not allowed, and for readers."),
});
export type Approval = z.infer<typeof approvalSchema>;

/** An approval as the edge keeps it: also for what no person decides, and without the link, which is signed when shown. */
export const approvalRecordSchema = approvalSchema.omit({ public_link: true, kind: true }).extend({
  kind: z.enum(["approval", "await_external"]),
  key: z.string().nullable().describe("What is awaited, for await_external."),
  has_link: z.boolean(),
  in_place: z.boolean().default(false).describe("One call of a run that is under way waits for it."),
});
export type ApprovalRecord = z.infer<typeof approvalRecordSchema>;

export const listApprovalsQuerySchema = pageQuerySchema.extend({
  status: approvalStatusSchema.optional(),
  worker: z.string().max(200).optional().describe("Only what this worker's runs asked."),
});
export const approvalPageSchema = z.object({
  approvals: z.array(approvalSchema),
  next_cursor: z.string().nullable(),
});

/** `status` is pending when more approvers are needed. `run_id` is the follow-up run, or else the run that asked. */
export const decisionResultSchema = z.object({
  status: approvalStatusSchema,
  approval_id: approvalIdSchema,
  run_id: runIdSchema,
});
export type DecisionResult = z.infer<typeof decisionResultSchema>;

export const decideManyRequestSchema = z.strictObject({
  ids: z.array(approvalIdSchema).min(1).max(approvalLimits.approvals_at_once_items.value),
  decision: z.enum(["approve", "reject"]),
  reason,
});

/** Body of `POST /api/approvals/{approval}/in-client`. */
export const decideInClientRequestSchema = approveRequestSchema
  .pick({ edited_output: true, reason: true })
  .extend({ decision: z.enum(["approve", "reject"]) });

/** One entry for each id, in the order they were given: what was decided, or why it could not be. */
export const decideManyResultSchema = z.object({
  results: z.array(
    z.object({
      id: approvalIdSchema,
      status: approvalStatusSchema.nullable(),
      run_id: runIdSchema.nullable(),
      error: z.object({ code: z.string(), status: z.int(), detail: z.string() }).nullable(),
    }),
  ),
});

/** The token of a review link; missing and wrong ones are refused alike, so it may be left out here. */
export const reviewQuerySchema = z.object({ token: z.string().max(512).optional() });

export const reviewFileQuerySchema = reviewQuerySchema.extend({
  view: z
    .literal("1")
    .optional()
    .describe("To be looked at in a browser, where its type can be; else it is saved."),
});
