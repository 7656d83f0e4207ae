import * as z from "zod";
import { defineRoute } from "../route.ts";
import { journalAnswerSchema, journalPostQuerySchema, runFileQuerySchema } from "./runner.ts";

const anyBytes = ["application/octet-stream"] as const;

/** Routes for the program inside a sandbox. They take the run's own token and nothing else. */
export const runnerRoutes = {
  postRunJournal: defineRoute({
    id: "postRunJournal",
    method: "POST",
    path: "/api/runs/{run}/runner/journal",
    tag: "Runner",
    summary: "Hand over a part of the run's journal",
    access: "run_token",
    query: journalPostQuerySchema,
    body: { kind: "bytes", media_types: ["application/x-ndjson"], limit: "journal_post_bytes" },
    answer: { kind: "json", status: 200, schema: journalAnswerSchema, description: "Where to go on." },
    problems: ["not_found", "stale_attempt"],
  }),
  putRunFile: defineRoute({
    id: "putRunFile",
    method: "PUT",
    path: "/api/runs/{run}/runner/files",
    tag: "Runner",
    summary: "Hand over an output or artifact file",
    access: "run_token",
    query: runFileQuerySchema,
    body: { kind: "bytes", media_types: anyBytes, limit: "artifact_bytes" },
    answer: {
      kind: "json",
      status: 200,
      schema: z.object({ stored: z.literal(true) }),
      description: "Stored.",
    },
    problems: ["not_found", "stale_attempt", "run_finished", "secret_in_file"],
  }),
} as const;
