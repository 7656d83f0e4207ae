import { auditHeadSchema } from "#contract/audit/chain";
import type { AuditHead, ChainBreak, ChainPlace } from "#contract/audit/chain";
import { firstIdAt } from "../../platform/ids.ts";
import { defineUnmarked } from "../../platform/objects/stored-document.ts";
import type { AuditRow } from "../describe-call.ts";
import type { JudgedPart } from "./chain-api.ts";
import { isOwnHead } from "./chain-keys.ts";
import type { ChainKeys } from "./chain-keys.ts";
import type { ChainTable, LinkRow } from "./chain-table.ts";
import { entryOf, findLinkFault, findPlaceFault } from "./link.ts";

/** The table that lists are read from, as far as it is judged. */
export interface Copies {
  /** The events by these ids. */
  find: (workspaceId: string, ids: readonly string[]) => Promise<AuditRow[]>;
  /** How many events there are from an id on, or before one. */
  count: (workspaceId: string, of: { from?: string; before?: string }) => Promise<number>;
  /** Ids from this one on, in order. */
  listIds: (workspaceId: string, of: { fromId: string; limit: number }) => Promise<string[]>;
}

/** What judging asks. */
export interface Judging {
  table: ChainTable;
  keys: ChainKeys;
  copies: Copies;
  /** The last entry that has been copied. */
  copied: () => number;
  /** What happened before may have gone from the list, epoch milliseconds. */
  keptSince: number;
  newestCheckpoint: (workspaceId: string) => Promise<string | null>;
}

const JUDGED_AT_ONCE = 500;

const checkpointForm = defineUnmarked("a signed checkpoint", auditHeadSchema);

/**
 * Judges the entries behind a place: that each hangs on the one before and was written by this edge's key; that the table
 * of lists says the same; and at the end that the last signed checkpoint is on the chain, and that the table holds nothing else.
 */
export async function judgeChain(
  judging: Judging,
  { workspaceId, from }: { workspaceId: string; from: ChainPlace | null },
): Promise<Omit<JudgedPart, "head">> {
  const { table, keys } = judging;
  const found = (broken: ChainBreak) => ({ entries: 0, broken, next: null, earlier: 0 });
  const moved = await findMovedPlace(judging);
  if (moved !== null) return found(moved);
  let before = from === null || from.seq < table.first().seq ? table.first() : from;
  const links = table.after(before.seq, JUDGED_AT_ONCE);
  for (const link of links) {
    const reason = await findLinkFault(keys, { workspaceId, before, link });
    if (reason !== null) return found({ seq: before.seq + 1, id: link.id, reason });
    before = { seq: link.seq, hash: link.hash };
  }
  const broken = await findCopyFault(judging, workspaceId, links);
  if (broken !== null) return found(broken);
  const isEnd = links.length < JUDGED_AT_ONCE;
  const late = isEnd ? await findEndFault(judging, workspaceId, before) : null;
  const earlier = isEnd && late === null ? await countEarlier(judging, workspaceId) : 0;
  return { entries: links.length, broken: late, next: isEnd ? null : before, earlier };
}

/** Where the chain is said to begin elsewhere than it was kept. */
async function findMovedPlace({ table, keys }: Judging): Promise<ChainBreak | null> {
  for (const name of ["trimmed", "begun"] as const) {
    const place = table.place(name);
    const fault = place === undefined ? null : await findPlaceFault(keys, place);
    if (place === undefined || fault === null) continue;
    return { seq: place.seq, id: null, reason: `what the chain begins with is not what was kept: ${fault}` };
  }
  return null;
}

/**
 * The id from which on everything is in the chain: what happened before it began, or is older than is kept, need not be.
 * Null where there is nothing yet. A chain that is older than this mark begins with its oldest event.
 */
function findFloor({ table, keptSince }: Judging): string | null {
  const begun = table.place("begun");
  const first = begun === undefined ? table.firstId() : firstIdAt("evt", begun.at);
  if (first === null || table.place("trimmed") === undefined) return first;
  const kept = firstIdAt("evt", keptSince);
  return first > kept ? first : kept;
}

/** Events that nothing vouches for: from before there was a chain. */
async function countEarlier(judging: Judging, workspaceId: string): Promise<number> {
  const { table, copies, copied } = judging;
  const before = findFloor(judging);
  if (before === null) return copies.count(workspaceId, {});
  if (copied() < table.last().seq) return 0;
  return Math.max(0, (await copies.count(workspaceId, { before })) - table.countBefore(before));
}

/** The first entry of which the table of lists says something else, or nothing. */
async function findCopyFault(
  { table, copies, copied, keptSince }: Judging,
  workspaceId: string,
  links: readonly LinkRow[],
): Promise<ChainBreak | null> {
  const mustBeThere = links.filter(({ seq }) => seq <= copied());
  if (mustBeThere.length === 0) return null;
  const rows = await copies.find(
    workspaceId,
    mustBeThere.map(({ id }) => id),
  );
  const entries = new Map<string, string>(rows.map((row) => [row.id, entryOf(row)]));
  for (const { seq, id, entry, at } of mustBeThere) {
    const listed = entries.get(id);
    // One that came in late stands behind younger ones here, and goes from the list with those of its time.
    if (listed === undefined && at < keptSince) continue;
    // What is old may have gone in the meantime, from here first.
    if (listed === entry || !table.has(id)) continue;
    const reason = listed === undefined ? "it is missing in the list" : "the list says something else of it";
    return { seq, id, reason };
  }
  return null;
}

async function findEndFault(
  judging: Judging,
  workspaceId: string,
  last: ChainPlace,
): Promise<ChainBreak | null> {
  return (await findCutOff(judging, workspaceId, last)) ?? (await findMadeUp(judging, workspaceId));
}

/** Whether the chain goes as far as it was signed, and by the same entries. */
async function findCutOff(
  { table, keys, newestCheckpoint }: Judging,
  workspaceId: string,
  last: ChainPlace,
): Promise<ChainBreak | null> {
  const kept = table.place("checkpoint");
  const text = await newestCheckpoint(workspaceId);
  if (text === null)
    return kept === undefined ? null : { seq: kept.seq, id: null, reason: "its signed checkpoint is gone" };
  const head = readCheckpoint(text);
  if (head === null || head.workspace_id !== workspaceId || !(await isOwnHead(keys, head)))
    return { seq: last.seq, id: null, reason: "the signed checkpoint is not one that this edge has signed" };
  const signed = head.last;
  if (signed.seq > last.seq) {
    const reason = `the chain was signed up to entry ${signed.seq} and ends before it: it was cut off`;
    return { seq: last.seq + 1, id: null, reason };
  }
  const link = table.at(signed.seq);
  if (link === undefined || link.hash === signed.hash) return null;
  return {
    seq: signed.seq,
    id: link.id,
    reason: "it is not the entry that was signed: the chain was written anew",
  };
}

/** Null where it is none: somebody else has written it. */
function readCheckpoint(text: string): AuditHead | null {
  try {
    return checkpointForm.readText(text);
  } catch {
    return null;
  }
}

/** The first event in the table of lists that was never appended. */
async function findMadeUp(judging: Judging, workspaceId: string): Promise<ChainBreak | null> {
  const { table, copies } = judging;
  const floor = findFloor(judging);
  if (floor === null || (await copies.count(workspaceId, { from: floor })) <= table.countFrom(floor))
    return null;
  for (let fromId: string | null = floor; fromId !== null;) {
    const ids: string[] = await copies.listIds(workspaceId, { fromId, limit: JUDGED_AT_ONCE });
    const strange = ids.find((id) => !table.has(id));
    if (strange !== undefined)
      return { seq: 0, id: strange, reason: "it stands in the list, and was never put on record" };
    fromId = ids.length < JUDGED_AT_ONCE ? null : (ids.at(-1) ?? null);
  }
  return null;
}
