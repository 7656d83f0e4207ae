import { journalEntrySchema, type JournalEntry } from "#contract/runner/runner";

const NEWLINE = 10;

/** What of a posted part of the journal is new: whole lines from `have` on, and where the journal stands after them. */
export interface Intake {
  lines: string[];
  next_offset: number;
}

/**
 * Takes the bytes that are not known yet. `have` is how many bytes of the journal have been taken, `offset` where
 * `body` starts. A repeat, an overlap and a gap are all harmless: known bytes are skipped, a gap takes nothing, and a
 * line that is not whole yet waits for the next post. Pure.
 */
export function takeBytes(have: number, offset: number, body: Uint8Array): Intake {
  const skip = have - offset;
  if (skip < 0 || skip >= body.byteLength) return { lines: [], next_offset: have };
  const fresh = body.subarray(skip);
  const end = fresh.lastIndexOf(NEWLINE) + 1;
  if (end === 0) return { lines: [], next_offset: have };
  const text = new TextDecoder().decode(fresh.subarray(0, end));
  return { lines: text.split("\n").filter((line) => line !== ""), next_offset: have + end };
}

/** Reads one journal line; undefined for a line that is not an entry (the journal lies in the script's reach). */
export function parseEntry(line: string): JournalEntry | undefined {
  try {
    return journalEntrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
