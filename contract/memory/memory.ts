import * as z from "zod";
import { feedbackIdSchema, learningIdSchema, runIdSchema, workerNameSchema } from "../ids.ts";
import { pageQuerySchema } from "../page.ts";
import { memoryLimits } from "./limits.ts";

/** `proposed`: it waits for a person, and no run is told of it. `kept`: runs are. */
export const learningStateSchema = z.enum(["proposed", "kept"]);
export type LearningState = z.infer<typeof learningStateSchema>;

/** Something that an agent wants to know in later runs. */
export const learningSummarySchema = z.object({
  id: learningIdSchema,
  worker_id: workerNameSchema.describe("The worker's name."),
  run_id: runIdSchema.describe("The run that wrote it."),
  learning: z.string(),
  source: z.string().nullable().describe("Where the agent says that it has it from."),
  state: z.enum([...learningStateSchema.options, "dropped"]),
  why_waiting: z.string().nullable().describe("Why a person has to look at it before runs are told of it."),
  created_at: z.iso.datetime(),
  decided_by: z.string().nullable(),
  decided_at: z.iso.datetime().nullable(),
});
export type LearningSummary = z.infer<typeof learningSummarySchema>;

export const listLearningsQuerySchema = pageQuerySchema.extend({ state: learningStateSchema.optional() });
export const learningPageSchema = z.object({
  learnings: z.array(learningSummarySchema),
  next_cursor: z.string().nullable(),
});

/** Body of `POST .../learnings/{learning}/review`. */
export const reviewLearningSchema = z.strictObject({
  verdict: z.enum(["keep", "drop"]).describe("keep: runs are told of it. drop: it is deleted."),
});

/** A rule that people give an agent, after what they have seen of it. */
export const feedbackSchema = z.object({
  id: feedbackIdSchema,
  worker_id: workerNameSchema.describe("The worker's name."),
  text: z.string(),
  status: z.enum(["active", "resolved"]),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  resolved_by: z.string().nullable(),
  resolved_at: z.iso.datetime().nullable(),
});
export type Feedback = z.infer<typeof feedbackSchema>;

/** Body of `POST /api/workers/{worker}/feedback`. */
export const addFeedbackSchema = z.strictObject({
  text: z.string().trim().min(1).max(memoryLimits.feedback_characters.value),
});
