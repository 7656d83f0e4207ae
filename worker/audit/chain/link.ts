import type { ChainPlace } from "#contract/audit/chain";
import { linkMessage } from "#contract/audit/chain";
import { canonicalJson } from "../../platform/canonical-json.ts";
import { equalInConstantTime, sha256Hex } from "../../platform/crypto.ts";
import type { AuditRow } from "../describe-call.ts";
import { auditRowForm } from "../stranded-event.ts";
import { macOf } from "./chain-keys.ts";
import type { ChainKeys } from "./chain-keys.ts";
import type { KeptPlace, LinkRow } from "./chain-table.ts";

/** The text of an event that is hashed: the same for an event however its members are ordered. Pure. */
export function entryOf(row: AuditRow): string {
  return canonicalJson(row);
}

/** The entry of an event behind the last one. */
export async function makeLink(keys: ChainKeys, before: ChainPlace, row: AuditRow): Promise<LinkRow> {
  const entry = entryOf(row);
  const hash = await sha256Hex(linkMessage(row.workspace_id, before, entry));
  const mac = await macOf(keys.current, hash);
  return { seq: before.seq + 1, id: row.id, at: row.at, entry, hash, mac, key_id: keys.current.id };
}

/** A place that nobody else can say was kept. */
export async function provePlace(keys: ChainKeys, place: ChainPlace, at: number): Promise<KeptPlace> {
  const mac = await macOf(keys.current, `${place.seq}|${place.hash}`);
  return { ...place, at, mac, key_id: keys.current.id };
}

/** Why a place is not what was kept; null where it is. */
export async function findPlaceFault(keys: ChainKeys, place: KeptPlace): Promise<string | null> {
  return findMacFault(keys, place, `${place.seq}|${place.hash}`);
}

/** Why an entry is not what was written behind this one; null where it is. */
export async function findLinkFault(
  keys: ChainKeys,
  of: { workspaceId: string; before: ChainPlace; link: LinkRow },
): Promise<string | null> {
  const { workspaceId, before, link } = of;
  if (link.seq !== before.seq + 1) return `entry ${before.seq + 1} is missing`;
  const hash = await sha256Hex(linkMessage(workspaceId, before, link.entry));
  if (hash !== link.hash)
    return "it does not have the hash that was written: it, or what is before it, was changed";
  const { id, at } = auditRowForm.readText(link.entry);
  if (id !== link.id || at !== link.at) return "it is filed under another event's id or time";
  return findMacFault(keys, link, hash);
}

async function findMacFault(
  keys: ChainKeys,
  { mac, key_id }: { mac: string; key_id: string },
  message: string,
): Promise<string | null> {
  const key = keys.byId.get(key_id);
  if (key === undefined) return "it was written under a signing key that FLOOM_SIGNING_KEY does not hold";
  return equalInConstantTime(await macOf(key, message), mac)
    ? null
    : "its MAC is not this edge's: it was made up";
}
