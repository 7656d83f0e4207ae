import * as z from "zod";

const callId = z.string().max(256).describe("The call, as the model names it.");
const toolName = z.string().max(256);

/**
 * What is told of an agent's turns, in the words of the first Floom, each by its `type`. They are events of the run and
 * entries of its attempt's journal. What is too large is its beginning as text.
 */
const agentPartShapes = {
  "step-start": { stepNumber: z.int().positive().describe("Which turn of the model, from 1.") },
  text: { text: z.string().describe("What the model has said in this turn.") },
  reasoning: { text: z.string().describe("What it has thought, where its provider tells.") },
  "tool-call": { callId, toolName, args: z.json(), args_preview: z.string().describe("On one line.") },
  "tool-result": {
    callId,
    toolName,
    result: z.string().describe("As the model reads it."),
    result_preview: z.string().describe("On one line."),
    isError: z.boolean(),
  },
  "tool-approval-pending": {
    callId,
    toolName,
    approval_id: z.string().max(64),
    label: z.string().describe("What people are asked."),
  },
  finish: {
    turns: z.int().nonnegative(),
    input_tokens: z.int().nonnegative(),
    output_tokens: z.int().nonnegative(),
    total_cost_usd: z.number().nonnegative(),
    cost_is_partial: z.boolean().describe("Some of it has no known price."),
  },
} as const;

/** The parts as they stand where they are told, each with what else is said there of all that is told. */
export function agentPartOptions<Base extends z.ZodRawShape>(base: Base) {
  const shapes = agentPartShapes;
  return [
    z.object({ ...base, type: z.literal("step-start"), ...shapes["step-start"] }),
    z.object({ ...base, type: z.literal("text"), ...shapes.text }),
    z.object({ ...base, type: z.literal("reasoning"), ...shapes.reasoning }),
    z.object({ ...base, type: z.literal("tool-call"), ...shapes["tool-call"] }),
    z.object({ ...base, type: z.literal("tool-result"), ...shapes["tool-result"] }),
    z.object({ ...base, type: z.literal("tool-approval-pending"), ...shapes["tool-approval-pending"] }),
    z.object({ ...base, type: z.literal("finish"), ...shapes.finish }),
  ] as const;
}

/** One part without where and when it was told. */
export const agentPartSchema = z.discriminatedUnion("type", [...agentPartOptions({})]);
export type AgentPart = z.infer<typeof agentPartSchema>;

/** A call of an agent in its run's document, as the first Floom shows it. */
export const toldCallSchema = z.object({
  id: z.string(),
  name: z.string(),
  arguments: z.json(),
  result: z.string().nullable().describe("Null while there is none, and where it failed."),
  error: z.string().nullable(),
});
export type ToldCall = z.infer<typeof toldCallSchema>;

type PartType = AgentPart["type"];

/** Whether something that is told is of an agent's turns. Pure. */
export function isAgentPart<Told extends { type: string }>(told: Told): told is Told & { type: PartType } {
  return Object.hasOwn(agentPartShapes, told.type);
}
