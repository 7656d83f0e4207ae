import { replaceActing } from "../unsafe-text.ts";
import type { ShownText } from "./output.ts";

/** More than this nobody reads on a page, and a browser that breaks one line of 10 MB stands still. */
export const MOST_SHOWN_CHARS = 200_000;

/**
 * A text as it may be shown to anybody: characters that turn the direction of writing or act otherwise are written out
 * by their number, and what is too long is cut, never in the middle of a pair.
 */
export function showText(given: string, most = MOST_SHOWN_CHARS): ShownText {
  const cut = given.length > most ? given.slice(0, most).replace(/[\uD800-\uDBFF]$/, "") : given;
  const text = replaceActing(cut.replaceAll("\r\n", "\n"), writeOut, "\n\t");
  return { text, leftOut: given.length - cut.length };
}

/** One line of text, for names and cells. */
export function showLine(given: string, most = 2_000): string {
  const { text, leftOut } = showText(given, most);
  return leftOut === 0 ? text : `${text} … (${leftOut.toLocaleString("en-US")} more characters)`;
}

function writeOut(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `[U+${code}]`;
}
