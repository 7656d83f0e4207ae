import type { Json } from "../json.ts";
import { runLimits } from "./limits.ts";
import type { PartialOutput } from "./partial.ts";

/** One telling of pieces, as an event carries it. */
interface PartialTelling {
  count: number;
  follows: boolean;
  pieces: string | Json[];
}

/** What is known with one telling more: the newest that fits. Pure. */
export function foldPartial(known: PartialOutput | null, told: PartialTelling): PartialOutput {
  const bounded = boundPieces(told.pieces);
  const goesOn = told.follows && !bounded.isCut && known !== null;
  const joined = goesOn ? join(known.pieces, bounded.pieces) : null;
  const { pieces, isCut } = boundPieces(joined ?? bounded.pieces);
  const isWhole = known === null ? told.follows : joined !== null && !known.left_out;
  return { count: told.count, pieces, left_out: !isWhole || isCut || bounded.isCut };
}

function join(before: string | Json[], after: string | Json[]): string | Json[] | null {
  if (typeof before === "string") return typeof after === "string" ? before + after : null;
  return typeof after === "string" ? null : [...before, ...after];
}

/** The newest pieces that one telling may carry, whoever wrote it. Pure. */
export function boundPieces(pieces: string | Json[]): { pieces: string | Json[]; isCut: boolean } {
  const most = runLimits.partial_characters.value;
  if (typeof pieces === "string") return { pieces: pieces.slice(-most), isCut: pieces.length > most };
  const newest = pieces.slice(-runLimits.partial_pieces.value);
  let from = newest.length;
  let room = most;
  while (from > 0 && (room -= JSON.stringify(newest[from - 1]).length) >= 0) from -= 1;
  return { pieces: newest.slice(from), isCut: pieces.length > newest.length - from };
}
