import * as z from "zod";
import { approvalIdSchema, runIdSchema } from "../ids.ts";
import { pageQuerySchema } from "../page.ts";
import { toolEffectSchema } from "../trust/tiers.ts";

/** Where a call stands. Nothing was sent for one that is `held` or `denied`. */
export const toolCallStatusSchema = z.enum(["judged", "held", "executing", "answered", "failed", "denied"]);

const shown = z
  .json()
  .describe(
    "Without any secret's value. What is too large is its beginning as text, with a mark of the cut.",
  );

/** One call of a tool that a run has wanted, as the gate has it on record. */
export const toolCallSchema = z.object({
  id: z.string().describe("`<attempt>.<number>`: which attempt of the run, and which of its calls."),
  run_id: runIdSchema,
  attempt: z.int().positive(),
  call_id: z.string().describe("The id that its asker gave it."),
  tool: z.string(),
  source: z
    .string()
    .describe("Who carries it out: builtin, http, mcp, composio, connection, sandbox, worker; or unknown."),
  effect: toolEffectSchema,
  method: z.string().nullable().describe("Of an HTTP request; null for what is none."),
  status: toolCallStatusSchema,
  code: z.string().nullable().describe("Why it failed or was denied: tier_forbids, rejected, ..."),
  message: z.string().nullable().describe("The same in words."),
  arguments: shown,
  request: shown.nullable().describe("As it was, or would have been, made; null where it came to none."),
  answer: shown.nullable().describe("What came back; null while nothing has."),
  approval_id: approvalIdSchema.nullable(),
  edited: z.boolean().describe("The approver has changed its arguments."),
  rule: z.string().nullable().describe("The escalation rule that had it held."),
  reason: z.string().nullable().describe("Why a person was asked."),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  duration_ms: z
    .int()
    .nonnegative()
    .nullable()
    .describe("From sending to the answer; null where nothing was sent."),
});
export type ToolCall = z.infer<typeof toolCallSchema>;

export const listToolCallsQuerySchema = pageQuerySchema;

export const toolCallPageSchema = z.object({
  tool_calls: z.array(toolCallSchema),
  next_cursor: z.string().nullable(),
});
export type ToolCallPage = z.infer<typeof toolCallPageSchema>;
