import { replaceActing } from "#contract/unsafe-text";

/** So many characters of one text are shown on a page; the rest is in its file. */
const MOST_SHOWN = 50_000;
const LINES = "\n\r\t";

/**
 * A text of a worker or a sender as a page may show it: what turns the direction of writing, or acts on the screen
 * otherwise, is written out as `[U+202E]`. Pure.
 */
export function showActing(text: string): string {
  return replaceActing(
    text,
    (character) => `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`,
    LINES,
  );
}

/** The same, cut where it would hold up a browser; `cut` says that there is more. Pure. */
export function showText(text: string): { text: string; cut: boolean } {
  const cut = text.length > MOST_SHOWN;
  // Half of a pair of surrogates is no character.
  const kept = cut ? text.slice(0, MOST_SHOWN).replace(/[\uD800-\uDBFF]$/, "") : text;
  return { text: showActing(kept.toWellFormed()), cut };
}
