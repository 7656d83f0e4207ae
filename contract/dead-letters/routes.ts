import {
  deadLetterPageSchema,
  dismissAnswerSchema,
  dismissRequestSchema,
  listDeadLettersQuerySchema,
  redriveAnswerSchema,
  redriveRequestSchema,
} from "./dead-letter.ts";
import { defineRoute } from "../route.ts";

export const deadLetterRoutes = {
  listDeadLetters: defineRoute({
    id: "listDeadLetters",
    method: "GET",
    path: "/api/deadletters",
    tag: "Dead letters",
    summary: "List failed runs that nobody has started over or dismissed, newest first",
    access: "runs:read",
    query: listDeadLettersQuerySchema,
    answer: {
      kind: "json",
      status: 200,
      schema: deadLetterPageSchema,
      description: "A page of failed runs.",
    },
    problems: [],
  }),
  redriveDeadLetters: defineRoute({
    id: "redriveDeadLetters",
    method: "POST",
    path: "/api/deadletters/redrive",
    tag: "Dead letters",
    summary: "Start failed runs over",
    description:
      "Each failed run is started over once, whoever asks and however often: a repeat answers the run that was started. " +
      "The new run's `replay_of` names the failed one. What cannot be started is refused by itself and does not stop the others.",
    access: "runs:write",
    body: { kind: "json", schema: redriveRequestSchema, limit: "json_body_bytes" },
    answer: {
      kind: "json",
      status: 200,
      schema: redriveAnswerSchema,
      description: "One result for each run.",
    },
    problems: [],
  }),
  dismissDeadLetters: defineRoute({
    id: "dismissDeadLetters",
    method: "POST",
    path: "/api/deadletters/dismiss",
    tag: "Dead letters",
    summary: "Take failed runs off the list; they stay on the record",
    access: "runs:write",
    body: { kind: "json", schema: dismissRequestSchema, limit: "json_body_bytes" },
    answer: { kind: "json", status: 200, schema: dismissAnswerSchema, description: "Those that were on it." },
    problems: [],
  }),
} as const;
