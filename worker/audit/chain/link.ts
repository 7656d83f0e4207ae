import type { ChainPlace } from "#contract/audit/chain";
import { linkMessage } from "#contract/audit/chain";
import { canonicalJson } from "../../platform/canonical-json.ts";
import { equalInConstantTime, sha256Hex } from "../../platform/crypto.ts";
import type { AuditRow } from "../describe-call.ts";
import { repeatKeyOf } from "../describe-gate-event.ts";
import { auditRowForm } from "../stranded-event.ts";
import { macOf } from "./chain-keys.ts";
import type { ChainKeys } from "./chain-keys.ts";
import type { KeptPlace, LinkRow } from "./chain-table.ts";

/** The text of an event that is hashed: the same for an event however its members are ordered. Pure. */
export function entryOf({ worker, ...row }: AuditRow): string {
  // Left out where there is none: entries from before there was such a member are the same as they were.
  return canonicalJson(worker === null ? row : { ...row, worker });
}

/** The entry of an event behind the last one. */
export async function makeLink(keys: ChainKeys, before: ChainPlace, row: AuditRow): Promise<LinkRow> {
  const entry = entryOf(row);
  const hash = await sha256Hex(linkMessage(row.workspace_id, before, entry));
  const mac = await macOf(keys.current, hash);
  const repeat_key = repeatKeyOf(row);
  return {
    seq: before.seq + 1,
    id: row.id,
    at: row.at,
    entry,
    hash,
    mac,
    key_id: keys.current.id,
    repeat_key,
  };
}

/** A place that nobody else can say was kept. */
export async function provePlace(
  keys: ChainKeys,
  place: Omit<KeptPlace, "mac" | "key_id">,
): Promise<KeptPlace> {
  return { ...place, mac: await macOf(keys.current, placeMessage(place)), key_id: keys.current.id };
}

/** The name is in it: what was kept as one place cannot be said to be another. */
function placeMessage({ name, seq, hash, at }: Omit<KeptPlace, "mac" | "key_id">): string {
  return `${name}|${seq}|${hash}|${at}`;
}

/** Why a place is not what was kept; null where it is. */
export async function findPlaceFault(keys: ChainKeys, place: KeptPlace): Promise<string | null> {
  return findMacFault(keys, place, placeMessage(place));
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
  const row = auditRowForm.readText(link.entry);
  if (row.id !== link.id || row.at !== link.at) return "it is filed under another event's id or time";
  if (repeatKeyOf(row) !== link.repeat_key) return "it is filed as the repeat of another event";
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
