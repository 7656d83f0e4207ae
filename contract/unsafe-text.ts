/**
 * Characters that do not show but act: C0 and C1 controls, DEL, line separators, and the marks that turn the direction
 * of writing, by which `exe.txt` can be made to read like another name. As the inside of a character class.
 */
const ACTING = String.raw`\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069`;

const anyActing = new RegExp(`[${ACTING}]`, "u");
const everyActing = new RegExp(`[${ACTING}]`, "gu");

/** True when a text holds a character that acts on the screen instead of showing. */
export function hasActingCharacter(text: string): boolean {
  return anyActing.test(text);
}

/** Every acting character of `text` replaced by what `write` makes of it; those in `keep` stay. */
export function replaceActing(text: string, write: (character: string) => string, keep = ""): string {
  return text.replaceAll(everyActing, (character) =>
    keep.includes(character) ? character : write(character),
  );
}
