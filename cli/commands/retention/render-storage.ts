import type { StorageReport, StoredKind } from "#contract/retention/retention";
import { formatBytes, formatCount } from "#contract/words";

const nouns: Readonly<Record<StoredKind, string>> = {
  runs: "run",
  versions: "version",
  uploads: "upload",
  contexts: "context",
  keys: "key in stores",
};
const pluralNouns: Partial<Record<StoredKind, string>> = { keys: "keys in stores" };

/** Beyond this nobody counts; see the contract. */
const COUNTED_MOST = 4000;

/** For how long ended runs are kept, in words: `90 days`, `for ever`. */
export function describeDays(days: number | null): string {
  return days === null ? "for ever" : formatCount(days, "day");
}

/** What is stored, one line a kind: how much, since when, and when the oldest goes. */
export function describeStored({ stored }: StorageReport): string[] {
  return stored.map(({ kind, count, size_bytes: bytes, oldest_at: oldest, goes_at: goes }) => {
    const most = count >= COUNTED_MOST ? "at least " : "";
    const parts = [
      `${most}${countOf(kind, count)}`,
      ...(bytes === null ? [] : [formatBytes(bytes)]),
      ...(oldest === null ? [] : [`oldest from ${oldest.slice(0, 10)}`]),
      ...(goes === null ? [] : [`goes ${goes.slice(0, 10)} at the earliest`]),
    ];
    return parts.join(", ");
  });
}

function countOf(kind: StoredKind, count: number): string {
  const several = pluralNouns[kind];
  return count === 1 || several === undefined
    ? formatCount(count, nouns[kind])
    : `${count.toLocaleString("en-US")} ${several}`;
}

/** What was deleted last and when the next look is; what is being deleted now. */
export function describeLooks({
  last_look: last,
  next_look_at: next,
  being_deleted: busy,
}: StorageReport): string {
  const { runs = 0, versions = 0, uploads = 0, mails = 0 } = last?.deleted ?? {};
  const gone = [
    formatCount(runs, "run"),
    formatCount(versions, "version"),
    formatCount(uploads, "upload"),
    formatCount(mails, "mail"),
  ].join(", ");
  return [
    `next look ${next}`,
    last === null ? "none yet" : `last one ${last.at} deleted ${gone}`,
    ...(busy === 0 ? [] : [`${formatCount(busy, "deletion")} under way`]),
  ].join("; ");
}
