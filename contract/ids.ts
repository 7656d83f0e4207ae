import * as z from "zod";

/**
 * Every id is a prefix that names its kind and a ULID in lower case (48 bits of time, 80 of chance), so that ids sort
 * by the time they were made. Source of the body's form: https://github.com/ulid/spec.
 */
const idBody = "[0-9a-hjkmnp-tv-z]{26}";

/** A schema for ids with `prefix`; parsing brands the string so that ids of different kinds do not mix. */
function idSchema<const P extends string>(prefix: P) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_${idBody}$`), `must look like ${prefix}_ followed by 26 letters and digits`)
    .brand<P>();
}

export const workerIdSchema = idSchema("wrk");
export const versionIdSchema = idSchema("ver");
export const runIdSchema = idSchema("run");
export const workspaceIdSchema = idSchema("wsp");
export const tokenIdSchema = idSchema("tok");
export const serviceAccountIdSchema = idSchema("svc");
export const userIdSchema = idSchema("usr");
export const invitationIdSchema = idSchema("inv");
export const artifactIdSchema = idSchema("art");
export const triggerIdSchema = idSchema("trg");
export const approvalIdSchema = idSchema("apr");
export const alertIdSchema = idSchema("alt");
export const deliveryIdSchema = idSchema("dlv");
export const missedStartIdSchema = idSchema("mis");
export const auditEventIdSchema = idSchema("evt");
export const contextIdSchema = idSchema("ctx");
/** A client that a person has let into a workspace. */
export const clientGrantIdSchema = idSchema("ocl");
export const shareIdSchema = idSchema("shr");
export const connectionIdSchema = idSchema("con");
/** Something that an agent has learned, and a rule that people have given one. */
export const learningIdSchema = idSchema("lrn");
export const feedbackIdSchema = idSchema("wfb");
/** An evaluation of a version by its cases. */
export const evaluationIdSchema = idSchema("evl");
/** A stretch of work that somebody has begun; not that of a browser. */
export const workSessionIdSchema = idSchema("ses");
/** Not made by time: it follows from what is told, to which address and in whose name. */
export const eventSubscriptionIdSchema = idSchema("sub");

/** A worker's name is its address in its workspace. It is not its id: a worker made again under an old name is another. */
export const workerNameSchema = z.string().brand<"worker_name">();
export type WorkerName = z.infer<typeof workerNameSchema>;

export type WorkerId = z.infer<typeof workerIdSchema>;
export type VersionId = z.infer<typeof versionIdSchema>;
export type RunId = z.infer<typeof runIdSchema>;
export type WorkspaceId = z.infer<typeof workspaceIdSchema>;
export type TokenId = z.infer<typeof tokenIdSchema>;
export type ServiceAccountId = z.infer<typeof serviceAccountIdSchema>;
export type UserId = z.infer<typeof userIdSchema>;
export type InvitationId = z.infer<typeof invitationIdSchema>;
export type ArtifactId = z.infer<typeof artifactIdSchema>;
export type TriggerId = z.infer<typeof triggerIdSchema>;
export type ApprovalId = z.infer<typeof approvalIdSchema>;
export type AlertId = z.infer<typeof alertIdSchema>;
export type DeliveryId = z.infer<typeof deliveryIdSchema>;
export type MissedStartId = z.infer<typeof missedStartIdSchema>;
export type AuditEventId = z.infer<typeof auditEventIdSchema>;
export type ContextId = z.infer<typeof contextIdSchema>;
export type ClientGrantId = z.infer<typeof clientGrantIdSchema>;
export type ShareId = z.infer<typeof shareIdSchema>;
export type ConnectionId = z.infer<typeof connectionIdSchema>;
export type LearningId = z.infer<typeof learningIdSchema>;
export type FeedbackId = z.infer<typeof feedbackIdSchema>;
export type EvaluationId = z.infer<typeof evaluationIdSchema>;
export type WorkSessionId = z.infer<typeof workSessionIdSchema>;
export type EventSubscriptionId = z.infer<typeof eventSubscriptionIdSchema>;

export type IdPrefix =
  | "wrk"
  | "ver"
  | "run"
  | "wsp"
  | "tok"
  | "svc"
  | "usr"
  | "inv"
  | "art"
  | "trg"
  | "apr"
  | "alt"
  | "dlv"
  | "mis"
  | "evt"
  | "ctx"
  | "ocl"
  | "shr"
  | "con"
  | "lrn"
  | "wfb"
  | "evl"
  | "ses"
  | "req";

/** Hex SHA-256 of some bytes: the id of an upload and of a bundle. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");

/** What a tool may be called, too (letters, digits, `_` and `-`), with room for its worker's name before it. */
export const actionNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,48}$/, "must be 1 to 48 letters, digits, underscores and hyphens");

/** By what a repeat is known: whoever asks twice with one key means one thing. */
export const requestKeySchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces");
