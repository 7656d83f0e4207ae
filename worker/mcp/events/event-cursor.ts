import * as z from "zod";
import { parseJson } from "#contract/json";

/**
 * How far a client has been told, in ids, which grow with time. What a client holds is a place and no right: whatever is
 * told is asked for in its name each time.
 */
export interface EventCursor {
  /** Everything up to this id has been told, but for `open`. */
  floor: string;
  /** Not told yet, though behind the floor: under way then, or more than a page held. */
  open: readonly string[];
  /** Told already, though beyond the floor. */
  told: readonly string[];
}

const cursorForm = z.object({ f: z.string(), o: z.array(z.string()), t: z.array(z.string()) });

/** As a client keeps it. Pure. */
export function writeCursor({ floor, open, told }: EventCursor): string {
  return btoa(JSON.stringify({ f: floor, o: open, t: told }));
}

/** Null for what is no cursor of a list whose ids begin with `prefix`. Pure. */
export function readCursor(text: string, prefix: string): EventCursor | null {
  try {
    const { f: floor, o: open, t: told } = cursorForm.parse(parseJson(atob(text)));
    const isOurs = [floor]
      .concat(open, told)
      .every((id) => id.startsWith(`${prefix}_`) && id.length === prefix.length + 27);
    return isOurs ? { floor, open, told } : null;
  } catch {
    return null;
  }
}

/** What a look has found since the floor, oldest first, and all that is still under way. */
export interface Looked {
  ids: readonly string[];
  unsettled: ReadonlySet<string>;
}

/** The ids that are settled and not told yet, those from behind the floor first. Pure. */
export function findDue({ open, told }: EventCursor, { ids, unsettled }: Looked): string[] {
  const known = new Set(told);
  return open.concat(ids.filter((id) => !known.has(id))).filter((id) => !unsettled.has(id));
}

/** So many ids a cursor holds of each kind: some 16 KB of text. */
export const MOST_IDS = 300;

/**
 * The cursor after `delivered`. The floor follows `edge`, the first id that may still be written down late, and goes
 * beyond it only where more was told than a cursor holds. `isCut`: something had to be forgotten. Pure.
 */
export function advance(
  cursor: EventCursor,
  looked: Looked,
  { delivered, edge }: { delivered: readonly string[]; edge: string },
): { cursor: EventCursor; isCut: boolean } {
  const told = [...new Set(cursor.told.concat(delivered))].toSorted();
  const tooOld = told.at(-MOST_IDS - 1) ?? cursor.floor;
  const floor = [cursor.floor, edge, tooOld].reduce((most, id) => (id > most ? id : most));
  const isTold = new Set(told);
  const open = cursor.open
    .concat(looked.ids)
    .filter((id) => !isTold.has(id) && id <= floor)
    .slice(-MOST_IDS);
  const left = cursor.open.concat(looked.ids).filter((id) => !isTold.has(id) && id <= floor).length;
  return { cursor: { floor, open, told: told.filter((id) => id > floor) }, isCut: left > open.length };
}
