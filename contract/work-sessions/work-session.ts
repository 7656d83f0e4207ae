import * as z from "zod";
import { runIdSchema, workSessionIdSchema, workerNameSchema } from "../ids.ts";
import { runStatusSchema } from "../runs/run.ts";
import { pageQuerySchema } from "../page.ts";
import { workSessionLimits } from "./limits.ts";

const time = z.iso.datetime();

/** `lapsed`: nothing was heard of it for longer than it said; the next heartbeat, note or run brings it back. */
export const workSessionStatusSchema = z.enum(["active", "lapsed", "ended"]);
export type WorkSessionStatus = z.infer<typeof workSessionStatusSchema>;

/** A stretch of work: who began it, whether it is alive, and what belongs to it. */
export const workSessionSummarySchema = z.object({
  id: workSessionIdSchema,
  name: z.string(),
  status: workSessionStatusSchema,
  created_by: z.string().describe("Token or account that began it."),
  started_at: time,
  last_seen_at: time.describe("When it was last heard of."),
  lapse_seconds: z.int().describe("After so long a silence it counts as lapsed."),
  lapses_at: time.nullable().describe("When it lapses if nothing is heard of it; null once it has ended."),
  ended_at: time.nullable(),
  end_message: z.string().nullable(),
});
export type WorkSessionSummary = z.infer<typeof workSessionSummarySchema>;

const noteSchema = z.object({
  number: z.int().positive(),
  note: z.string(),
  created_by: z.string(),
  created_at: time,
});

const sessionRunSchema = z.object({
  run_id: runIdSchema,
  worker: workerNameSchema.describe("The worker's name."),
  status: runStatusSchema,
  added_by: z.string(),
  added_at: time,
});

export const workSessionDetailSchema = workSessionSummarySchema.extend({
  notes: z.array(noteSchema).describe("The newest, in their order."),
  runs: z.array(sessionRunSchema).describe("The newest that you may see, newest first."),
});
export type WorkSessionDetail = z.infer<typeof workSessionDetailSchema>;

export const workSessionPageSchema = z.object({
  sessions: z.array(workSessionSummarySchema),
  next_cursor: z.string().nullable(),
});
export const listWorkSessionsQuerySchema = pageQuerySchema;

const noteText = z
  .string()
  .regex(/\S/, "must say something")
  .max(workSessionLimits.session_note_characters.value);

/** Body of `POST /api/sessions`. */
export const startWorkSessionSchema = z.strictObject({
  name: z
    .string()
    .regex(/\S/, "must say something")
    .max(workSessionLimits.session_name_characters.value)
    .optional()
    .describe("What it is about; session and the time it began when left out."),
  key: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, "must be 1 to 128 printable ASCII characters without spaces")
    .optional()
    .describe("The same key is the same session, however often it is asked for."),
  lapse_seconds: z
    .int()
    .min(60)
    .max(workSessionLimits.session_lapse_seconds.value)
    .default(1800)
    .describe("After so long a silence it counts as lapsed."),
});

/** Body of `POST /api/sessions/{session}/notes`. */
export const addSessionNoteSchema = z.strictObject({ note: noteText });

/** Body of `POST /api/sessions/{session}/end`. */
export const endWorkSessionSchema = z.strictObject({
  message: noteText.optional().describe("What came out of it."),
});

/** How a workspace stands to its remote, and what of it has changed since a session began. */
export const syncCheckSchema = z.object({
  status: z
    .enum(["no_remote"])
    .describe("no_remote: this workspace has none, so that there is nothing to compare it with."),
  since: time.describe("When the session began."),
  changed: z
    .array(
      z.object({
        worker: workerNameSchema.describe("The worker's name."),
        version: z.int().positive().describe("The version that is active now."),
        changed_at: time,
      }),
    )
    .describe("Workers that were pushed, or changed, since then, by name; those that you may see."),
  truncated: z.boolean().describe("There are more than are listed."),
});
export type SyncCheck = z.infer<typeof syncCheckSchema>;

/** What a sync waits for. */
export const syncRequestedSchema = z.object({
  approval_id: z.string().describe("Nothing is sent before a person has approved this."),
});
