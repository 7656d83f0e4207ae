import * as z from "zod";
import { agentPartOptions, isAgentPart } from "../agents/agent-part.ts";
import { stageViewSchema } from "../pipelines/stage.ts";
import { lineOfPart } from "./line-of-part.ts";
import { artifactSchema, logLevelSchema, runStatusSchema } from "./run.ts";
import type { LogLine } from "./run.ts";
import { partialTellingShape } from "./partial.ts";
import { runFailureSchema } from "./run-failure.ts";

const base = { seq: z.int().positive(), timestamp: z.iso.datetime() };

/**
 * What happened in a run, in the order it happened. `seq` grows by one or more and is the event id of the stream, so a
 * reader that comes back with `Last-Event-ID` goes on where it was. A log event may hold several lines, joined by \n.
 */
export const runEventSchema = z.discriminatedUnion("type", [
  z.object({
    ...base,
    type: z.literal("status"),
    run_id: z.string(),
    status: runStatusSchema,
    attempt: z.int().nonnegative(),
    why_waiting: z.string().nullable(),
    error: z.string().nullable(),
    failure: runFailureSchema.nullable(),
    completed_at: z.iso.datetime().nullable(),
    duration_ms: z.int().nonnegative().nullable(),
    approval_id: z.string().nullable().optional().describe("While pending_approval: what is to be decided."),
    label: z.string().nullable().optional(),
  }),
  z.object({
    ...base,
    type: z.literal("log"),
    level: logLevelSchema,
    stream: z.enum(["stdout", "stderr", "system"]),
    message: z.string(),
  }),
  z.object({
    ...base,
    type: z.literal("progress"),
    percent: z.number().min(0).max(100).nullable(),
    message: z.string().nullable(),
  }),
  z.object({ ...base, type: z.literal("partial"), ...partialTellingShape }),
  ...agentPartOptions(base),
  z.object({ ...base, type: z.literal("stages"), stages: z.array(stageViewSchema) }),
  z.object({
    ...base,
    type: z.literal("approval_decided"),
    approval_id: z.string(),
    decision: z.enum(["approved", "rejected", "expired"]),
    follow_up_run_id: z.string().nullable(),
    reason: z.string().nullable(),
  }),
  z.object({ ...base, type: z.literal("artifact"), artifact: artifactSchema }),
  z.object({ ...base, type: z.literal("close"), status: runStatusSchema }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

/** The lines of a log event, which may carry several joined by \n, and of what an agent says and does; none of any other. */
export function linesOf(event: RunEvent): LogLine[] {
  const told = event.type === "log" ? event : isAgentPart(event) ? lineOfPart(event) : null;
  if (told === null) return [];
  const { level, stream } = told;
  const { timestamp } = event;
  return told.message.split("\n").map((message) => ({ level, stream, message, timestamp }));
}
