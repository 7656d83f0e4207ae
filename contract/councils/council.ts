import * as z from "zod";
import { runIdSchema, workerNameSchema } from "../ids.ts";
import { councilLimits } from "./limits.ts";

/**
 * `round_robin`: one after the other, each after having read all before. `debate`: openings that know nothing of each other,
 * then rebuttals, and closings. `delphi`: nobody sees the others' of the same round, nor who has said what.
 */
export const councilProtocolSchema = z.enum(["round_robin", "debate", "delphi"]);

export const convergenceMethodSchema = z.enum(["none", "position_stability", "judge"]);

export const memberNamePattern = /^[a-z][a-z0-9_-]{0,47}$/;
export const memberNameSchema = z.string().regex(memberNamePattern);

/** A member as it is stored with a version: a worker, or a person who is asked by the inbox of approvals. */
export const storedMemberSchema = z.strictObject({
  name: memberNameSchema,
  /** Absent for a person. */
  worker: workerNameSchema.optional(),
  role: z.string(),
  /** Whose statements it is told, by name; its own it always is. */
  sees: z.array(memberNameSchema),
  /** The only contexts that its runs may have; absent: those that its worker mounts. */
  contexts: z.array(z.string()).optional(),
});
export type StoredMember = z.infer<typeof storedMemberSchema>;

export const storedCouncilSchema = z.strictObject({
  protocol: councilProtocolSchema,
  rounds: z.int().positive(),
  members: z.array(storedMemberSchema).min(2).max(councilLimits.council_members.value),
  convergence: z.strictObject({
    method: convergenceMethodSchema,
    threshold: z.number().min(0).max(1),
    /** Who judges; only for the method judge. */
    worker: workerNameSchema.optional(),
  }),
  /** The worker that writes what came out. */
  synthesis: workerNameSchema.optional(),
});
export type StoredCouncil = z.infer<typeof storedCouncilSchema>;

/** What somebody takes a turn for. */
export const turnKindSchema = z.enum(["statement", "judge", "synthesis"]);
/** `passed`: nothing was said, and the council goes on without. */
export const turnStatusSchema = z.enum(["begun", "running", "waiting", "spoken", "passed", "failed"]);

/** One turn on the record of a council. */
export const councilTurnSchema = z.object({
  number: z.int().positive(),
  round: z.int().positive(),
  kind: turnKindSchema,
  phase: z
    .string()
    .describe("opening, rebuttal, closing, discussion, estimate, revision, judgement, synthesis."),
  speaker: z.string().describe("The member's name; judge or synthesis for those who are none."),
  status: turnStatusSchema,
  run_id: runIdSchema
    .nullable()
    .describe("The run that took it; null for a person, and before it has begun."),
  approval_id: z.string().nullable().describe("Where a person is asked for it."),
  statement: z.string(),
  position: z.string().nullable().describe("What the speaker holds, where its worker says that apart."),
  agreement: z.number().nullable().describe("From 0 to 1, as a judge puts it."),
  contexts: z
    .array(z.string())
    .nullable()
    .describe(
      "The contexts that its run had, each as name@version; null for a person, and before it has ended.",
    ),
  messages_seen: z.int().describe("How many of the messages to the council it was told."),
  error: z.string().nullable(),
  began_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
});
export type CouncilTurn = z.infer<typeof councilTurnSchema>;

export const endedBySchema = z.enum(["converged", "rounds", "stopped", "silence"]);

/** A member, and what it was granted as the council began. */
export const councilMemberSchema = z.object({
  name: z.string(),
  worker: z.string().nullable().describe("Null for a person."),
  role: z.string(),
  sees: z.array(z.string()),
  contexts: z
    .array(z.string())
    .nullable()
    .describe("The contexts that its worker mounted as the council began; null for a person."),
  contexts_allowed: z
    .array(z.string())
    .nullable()
    .describe(
      "The only ones that it may have, where worker.yml says so: a turn with another one does not count.",
    ),
});

/** A council as its attempt has it on record. */
export const councilRecordSchema = z.object({
  protocol: councilProtocolSchema,
  round: z.int().describe("The round that it is in; 0 before the first."),
  rounds: z.int().describe("How many there are at most."),
  agreement: z.number().nullable().describe("Of the newest round that it is known of, from 0 to 1."),
  ended_by: endedBySchema.nullable().describe("Null while it goes on."),
  synthesis: z.string().nullable(),
  members: z.array(councilMemberSchema),
  turns: z.array(councilTurnSchema),
});
export type CouncilRecord = z.infer<typeof councilRecordSchema>;

/** Something that somebody outside has said to a council, or their order to stop. */
export const councilMessageSchema = z.object({
  number: z.int().positive(),
  kind: z.enum(["message", "stop"]),
  speaker: z.string(),
  message: z.string(),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  reached_turn: z.int().nullable().describe("The first turn that was told of it; null while none was."),
});

export const councilStatusSchema = z.enum(["running", "waiting", "stopping", "ended"]);

/** Answer of `GET /api/runs/{run}/council`. */
export const councilDetailSchema = councilRecordSchema.extend({
  run_id: runIdSchema,
  worker: z.string(),
  topic: z.string(),
  status: councilStatusSchema.describe(
    "waiting: for a person. stopping: the turns that are under way are waited for. ended: nothing more is said.",
  ),
  messages: z.array(councilMessageSchema),
});
export type CouncilDetail = z.infer<typeof councilDetailSchema>;

export const councilQuerySchema = z.object({
  member: z.string().optional().describe("Only the turns of this member."),
});

const messageText = z.string().regex(/\S/).max(councilLimits.council_message_characters.value);
const messageKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/)
  .optional()
  .describe("The same key is the same message, however often it is sent.");

/** Body of `POST /api/runs/{run}/council/messages`. */
export const interveneSchema = z.strictObject({
  message: messageText.describe("Every turn that begins from now on is told of it."),
  speaker: z.string().min(1).max(80).optional().describe("Who says it; audience when left out."),
  key: messageKey,
});

/** Body of `POST /api/runs/{run}/council/stop`. */
export const stopCouncilSchema = z.strictObject({
  reason: messageText.optional().describe("Told to whoever writes what came out."),
});
