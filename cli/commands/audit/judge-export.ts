import { createHash, createPublicKey, verify } from "node:crypto";
import * as z from "zod";
import { auditHeadSchema, auditLinkSchema, auditOpeningSchema } from "#contract/audit/chain";
import { headMessage, linkMessage } from "#contract/audit/chain";
import type { AuditHead, AuditOpening, ChainBreak, ChainPlace } from "#contract/audit/chain";
import { parseJson } from "#contract/json";

/** What an export of a record of changes is worth. */
export interface JudgedExport {
  entries: number;
  /** The first entry that is not what was written; null where all are. */
  broken: ChainBreak | null;
  /** The signed end; null where there is none. */
  head: AuditHead | null;
}

const lineSchema = z.discriminatedUnion("type", [auditOpeningSchema, auditLinkSchema, auditHeadSchema]);
const eventIdSchema = z.object({ id: z.string() });

/** SubjectPublicKeyInfo of an Ed25519 key up to its 32 bytes (RFC 8410, section 4). */
const SPKI = Buffer.from("302a300506032b6570032100", "hex");

/** Sixteen characters by which people tell one public key from another. Pure. */
export function fingerprintOf(publicKey: string): string {
  return createHash("sha256").update(Buffer.from(publicKey, "base64url")).digest("hex").slice(0, 16);
}

/**
 * Judges an export line by line, asking nobody: that each entry hangs on the one before, and that the end is signed, by
 * `key` where that is said (a fingerprint or the whole public key). Never throws for what a line holds.
 */
export async function judgeExport(
  lines: AsyncIterable<string>,
  { key }: { key?: string },
): Promise<JudgedExport> {
  let opening: AuditOpening | null = null;
  let head: AuditHead | null = null;
  let place: ChainPlace | null = null;
  let entries = 0;
  const broken = (reason: string, id: string | null = null): JudgedExport => ({
    entries,
    broken: { seq: (place?.seq ?? 0) + 1, id, reason },
    head: null,
  });
  for await (const line of lines) {
    const read = readLine(line);
    if (read === null) return broken("its line is none of an export");
    if (head !== null) return broken("something stands behind the signed end");
    if (read.type === "chain") {
      if (opening !== null) return broken("a second beginning stands here");
      opening = read;
      place = read.after;
    } else if (opening === null || place === null)
      return broken("the line that an export begins with is missing");
    else if (read.type === "entry") {
      const id = readId(read.entry);
      if (read.seq !== place.seq + 1) return broken("it is missing, or not in its place", id);
      if (hashOf(linkMessage(opening.workspace_id, place, read.entry)) !== read.hash)
        return broken("it, or what is before it, was changed", id);
      place = { seq: read.seq, hash: read.hash };
      entries += 1;
    } else head = read;
  }
  if (opening === null || place === null) return broken("the file is no export");
  if (head === null) return broken("the signed end is missing: the file was cut off");
  const fault = findHeadFault(head, { opening, place, key });
  return fault === null ? { entries, broken: null, head } : broken(fault);
}

function hashOf(message: string): string {
  return createHash("sha256").update(message).digest("hex");
}

function readLine(line: string): z.output<typeof lineSchema> | null {
  try {
    return lineSchema.safeParse(parseJson(line)).data ?? null;
  } catch {
    return null;
  }
}

function readId(entry: string): string | null {
  try {
    return eventIdSchema.safeParse(parseJson(entry)).data?.id ?? null;
  } catch {
    return null;
  }
}

/** Why a signed end is not the end of what stands before it; null where it is. */
function findHeadFault(
  head: AuditHead,
  { opening, place, key }: { opening: AuditOpening; place: ChainPlace; key: string | undefined },
): string | null {
  const { workspace_id, after, last } = head;
  if (workspace_id !== opening.workspace_id || !isSame(after, opening.after))
    return "the signed end is another chain's";
  if (last.seq > place.seq) return `entries up to ${last.seq} were signed: the file was cut`;
  if (!isSame(last, place)) return "what was signed is not what stands here";
  if (!isSigned(head)) return "the signature of the end is not right";
  if (key !== undefined && key !== head.public_key && key !== fingerprintOf(head.public_key))
    return `the end is signed by another key (${fingerprintOf(head.public_key)})`;
  return null;
}

function isSame(left: ChainPlace, right: ChainPlace): boolean {
  return left.seq === right.seq && left.hash === right.hash;
}

function isSigned(head: AuditHead): boolean {
  const der = Buffer.concat([SPKI, Buffer.from(head.public_key, "base64url")]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  const message = Buffer.from(headMessage(head));
  return verify(null, message, key, Buffer.from(head.signature, "base64url"));
}
