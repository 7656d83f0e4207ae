import { pointerTokens } from "./form.ts";

/** What JSON is made of: texts, signs, and everything else between blanks. */
const PIECES = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

interface Level {
  isList: boolean;
  /** The member that is being read: a list's by its number, an object's by its name. */
  member: string;
  isNamed: boolean;
}

/**
 * The line of a JSON text, from 1, in which what a JSON pointer names begins; of what is not there, that of its nearest
 * ancestor. The text need not be whole: it is read as far as it goes.
 */
export function lineAtPointer(text: string, pointer: string): number {
  const wanted = pointerTokens(pointer);
  const levels: Level[] = [];
  let best = { depth: -1, offset: 0 };
  for (const { 0: piece, index } of text.matchAll(PIECES)) {
    const level = levels.at(-1);
    if (piece === "}" || piece === "]") levels.pop();
    else if (piece === ",") advance(level);
    else if (piece === ":") continue;
    else if (level !== undefined && !level.isList && !level.isNamed) nameMember(level, piece);
    else {
      const depth = levels.length;
      const isOnTheWay = levels.every(({ member }, at) => member === wanted[at]);
      if (isOnTheWay && depth <= wanted.length && depth > best.depth) best = { depth, offset: index };
      if (piece === "{" || piece === "[")
        levels.push({ isList: piece === "[", member: piece === "[" ? "0" : "", isNamed: false });
    }
  }
  return text.slice(0, best.offset).split("\n").length;
}

function advance(level: Level | undefined): void {
  if (level === undefined) return;
  if (level.isList) level.member = String(Number(level.member) + 1);
  level.isNamed = false;
}

function nameMember(level: Level, piece: string): void {
  level.member = nameOf(piece);
  level.isNamed = true;
}

/** A name as it is written, without its quotes; escapes other than of signs are rare and read as they stand. */
const nameOf = (piece: string) => piece.replaceAll(/^"|"$/g, "").replaceAll(/\\(["\\/])/g, "$1");
