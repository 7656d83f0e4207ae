import * as z from "zod";
import { approvalIdSchema } from "../ids.ts";
import { toolEffectSchema } from "../trust/tiers.ts";

/** Body of a script's call of a tool. */
export const scriptCallSchema = z.strictObject({
  arguments: z
    .record(z.string(), z.json())
    .default({})
    .describe("As the tool's input_schema says; the gate judges them."),
});

/**
 * Where a script's call stands. `held`: a person is asked; the same call, by its Idempotency-Key, is to be asked for again.
 * `later`: the same, from `retry_at` on. The others are the end of it.
 */
export const scriptCallStatusSchema = z.enum(["answered", "failed", "denied", "held", "later"]);

/** What became of a script's call of a tool. Nothing was sent for one that is `denied`, `held` or `later`. */
export const scriptAnswerSchema = z.object({
  call_id: z.string().describe("As the record of calls has it."),
  tool: z.string().describe("Its full name."),
  status: scriptCallStatusSchema,
  content: z.json().describe("What the tool gave back; null where it gave nothing."),
  code: z
    .string()
    .nullable()
    .describe("Why it failed or was denied: tool_unknown, tier_forbids, rejected, ..."),
  message: z.string().nullable().describe("The same in words."),
  retryable: z.boolean().describe("Of one that failed: the same may work another time."),
  sent: z.boolean().describe("Whether anything can have arrived there."),
  edited: z.boolean().describe("The approver has changed its arguments."),
  approval_id: approvalIdSchema.nullable().describe("What people are asked; null where nobody is."),
  retry_at: z.iso.datetime().nullable().describe("Of one that is put off: when to ask for it again."),
});
export type ScriptAnswer = z.infer<typeof scriptAnswerSchema>;

/** A tool that a script may call. */
export const scriptToolSchema = z.object({
  name: z.string().describe("As its server has it."),
  full_name: z.string().describe("As the record of calls has it."),
  description: z.string(),
  input_schema: z.record(z.string(), z.json()),
  effect: toolEffectSchema,
});

/** A connection that the run's worker declares, with the tools that it may call. */
export const scriptConnectionSchema = z.object({
  name: z.string().describe("As worker.yml declares it."),
  id: z.string(),
  kind: z.enum(["mcp", "composio", "http"]),
  tools: z.array(scriptToolSchema),
});
export type ScriptConnection = z.infer<typeof scriptConnectionSchema>;
export const scriptConnectionsSchema = z.object({ connections: z.array(scriptConnectionSchema) });

/** Body of a call of an app's tool, as scripts of the first Floom send it. */
export const composioCallSchema = z.object({
  connected_account_id: z
    .string()
    .max(128)
    .nullish()
    .describe("The connection's id from connections.json; another one is refused."),
  arguments: z.record(z.string(), z.json()).default({}),
});

/** What scripts of the first Floom are answered. */
export const composioAnswerSchema = z.object({
  successful: z.boolean(),
  data: z.json(),
  error: z.string().nullable().describe("A code and a sentence; null for a call that was answered."),
  code: z.string().nullable(),
  approval_id: approvalIdSchema.nullable(),
});
export type ComposioAnswer = z.infer<typeof composioAnswerSchema>;
