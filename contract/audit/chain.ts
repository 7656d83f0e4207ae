import * as z from "zod";
import { workspaceIdSchema } from "../ids.ts";

/*
 * The record of changes as a chain: each entry's hash is made over the one before it, and the newest is signed. Whoever
 * has an export can judge it with a SHA-256 and an Ed25519 (RFC 8032) alone; the edge holds a MAC of each link besides,
 * which nobody makes who can write to its storage but does not have its key.
 */

const hexDigest = z.string().regex(/^[0-9a-f]{64}$/);

/** Where a chain has come to: the number of its last entry, counted from 1, and that one's hash. */
export const chainPlaceSchema = z.object({ seq: z.int().nonnegative(), hash: hexDigest });
export type ChainPlace = z.infer<typeof chainPlaceSchema>;

/** What the first entry hangs on. */
export const chainStart: ChainPlace = { seq: 0, hash: "0".repeat(64) };

/** One entry with its hash. `entry` is the text that was hashed: an event as canonical JSON (RFC 8785). */
export const auditLinkSchema = chainPlaceSchema.extend({ type: z.literal("entry"), entry: z.string() });
export type AuditLink = z.infer<typeof auditLinkSchema>;

/** The signed word on where a chain begins and ends. */
export const auditHeadSchema = z.object({
  type: z.literal("head"),
  workspace_id: workspaceIdSchema,
  /** What came before it has gone, since it was older than is kept. */
  after: chainPlaceSchema,
  last: chainPlaceSchema,
  signed_at: z.iso.datetime(),
  /** Ed25519, base64url of 32 bytes. */
  public_key: z.string().regex(/^[\w-]{43}$/),
  /** Ed25519 over `headMessage`, base64url of 64 bytes. */
  signature: z.string().regex(/^[\w-]{86}$/),
});
export type AuditHead = z.infer<typeof auditHeadSchema>;

/** The first line of an export. */
export const auditOpeningSchema = z.object({
  type: z.literal("chain"),
  format: z.literal(1),
  workspace_id: workspaceIdSchema,
  after: chainPlaceSchema,
});
export type AuditOpening = z.infer<typeof auditOpeningSchema>;

/** The text whose SHA-256 is an entry's hash. Pure. */
export function linkMessage(workspaceId: string, before: ChainPlace, entry: string): string {
  return `floom audit entry 1\n${workspaceId}\n${before.seq + 1}\n${before.hash}\n${entry}`;
}

/** The text that a head signs. Pure. */
export function headMessage(head: Omit<AuditHead, "type" | "signature">): string {
  const { workspace_id, after, last, signed_at, public_key } = head;
  const places = `${after.seq}\n${after.hash}\n${last.seq}\n${last.hash}`;
  return `floom audit head 1\n${workspace_id}\n${places}\n${signed_at}\n${public_key}`;
}

/** Where a chain is not what was written, and how. `seq` counts from 1. */
export const chainBreakSchema = z.object({
  seq: z.int().nonnegative(),
  /** Of the event; null where no event is there to have one. */
  id: z.string().nullable(),
  reason: z.string(),
});
export type ChainBreak = z.infer<typeof chainBreakSchema>;

export const verifyAuditQuerySchema = z.object({
  /** The place that an earlier part ended with; the beginning where both are left out. */
  after_seq: z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).optional(),
  after_hash: hexDigest.optional(),
});
export type VerifyAuditQuery = z.infer<typeof verifyAuditQuerySchema>;

/** What became of one part of the chain. */
export const verifiedPartSchema = z.object({
  /** How many entries this part has judged. */
  entries: z.int().nonnegative(),
  /** The first entry that is not what was written; null where all are. */
  broken: chainBreakSchema.nullable(),
  /** Where the next part begins; null at the end, and where it is broken. */
  next: chainPlaceSchema.nullable(),
  /** The signed end; null before the end. */
  head: auditHeadSchema.nullable(),
  /** Events from before there was a chain, which nothing vouches for. */
  earlier_events: z.int().nonnegative(),
});
export type VerifiedPart = z.infer<typeof verifiedPartSchema>;
