import * as z from "zod";
import { defineRoute } from "../route.ts";
import {
  addFeedbackSchema,
  feedbackSchema,
  learningPageSchema,
  learningSummarySchema,
  listLearningsQuerySchema,
  reviewLearningSchema,
} from "./memory.ts";

const answer = <S extends z.ZodType>(schema: S, description: string) =>
  ({ kind: "json", status: 200, schema, description }) as const;

const tag = "Memory";

export const memoryRoutes = {
  listLearnings: defineRoute({
    id: "listLearnings",
    method: "GET",
    path: "/api/workers/{worker}/learnings",
    tag,
    summary: "List what a worker's agent has learned, newest first",
    description: "Those that wait for a review, too; runs are told of those alone that are kept.",
    access: "workers:read",
    query: listLearningsQuerySchema,
    answer: answer(learningPageSchema, "A page of learnings."),
    problems: ["not_found"],
  }),
  reviewLearning: defineRoute({
    id: "reviewLearning",
    method: "POST",
    path: "/api/workers/{worker}/learnings/{learning}/review",
    tag,
    summary: "Keep a learning, or drop it",
    description: "One that is kept may be dropped later. What is dropped is deleted.",
    access: "workers:write",
    body: { kind: "json", schema: reviewLearningSchema, limit: "json_body_bytes" },
    answer: answer(learningSummarySchema, "The learning as it is, or was."),
    problems: ["not_found", "learning_changed"],
  }),
  listFeedback: defineRoute({
    id: "listFeedback",
    method: "GET",
    path: "/api/workers/{worker}/feedback",
    tag,
    summary: "List the rules that people have given a worker's agent, newest first",
    description: "The newest 200; those in force are among the instructions of each run that begins.",
    access: "workers:read",
    answer: answer(z.array(feedbackSchema), "The rules."),
    problems: ["not_found"],
  }),
  addFeedback: defineRoute({
    id: "addFeedback",
    method: "POST",
    path: "/api/workers/{worker}/feedback",
    tag,
    summary: "Give a worker's agent a rule",
    access: "workers:write",
    body: { kind: "json", schema: addFeedbackSchema, limit: "json_body_bytes" },
    answer: answer(feedbackSchema, "The rule; runs that begin from now on are told of it."),
    problems: ["not_found", "too_much_feedback"],
  }),
  resolveFeedback: defineRoute({
    id: "resolveFeedback",
    method: "POST",
    path: "/api/workers/{worker}/feedback/{feedback}/resolve",
    tag,
    summary: "Take a rule out of force",
    access: "workers:write",
    answer: answer(feedbackSchema, "The rule; runs that begin from now on are not told of it."),
    problems: ["not_found"],
  }),
} as const;
