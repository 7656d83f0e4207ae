import { replaceActing } from "#contract/unsafe-text";
import { markColour, splitAtMarks } from "./style.ts";

const ESCAPE = "\u001B";
const LINE_BREAK_AND_TAB = "\n\t";
const COLOUR_SEQUENCE = /\u001B(\[([\d;]*)m)/g;
/** Colours of the larger palettes, whose numbers stand for themselves. */
const PALETTE_COLOUR = /[34]8;(?:5;\d+|2;\d+;\d+;\d+)/g;
/** Blinking, slow and fast, and hiding: what a script's line may not ask for. */
const refusedCodes = new Set([5, 6, 8]);
/** A sequence that leaves nothing switched on behind it. */
const CLOSING = /^(?:0*|39|49|2[2-9])$/;

/** A text as it may be written to a terminal: our own colours as they are, every other acting character as `?`. */
export function forTerminal(text: string): string {
  return splitAtMarks(text)
    .map(({ said, colour }) => disarm(said) + (colour === "" ? "" : ESCAPE + colour))
    .join("");
}

/** The text as a person sees it: without colours, everything else that acts as `?`. */
export function asSeen(text: string): string {
  return splitAtMarks(text)
    .map(({ said }) => disarm(said))
    .join("");
}

/** A text on one line, whatever its sender put into it. */
export function onOneLine(text: string): string {
  return text.replaceAll(/\s*[\n\t]\s*/g, " ");
}

/**
 * A script's line with its colours made ours; with `close` they end where the line does, so that on a terminal they
 * reach no line of anybody else.
 */
export function withItsColours(line: string, { close }: { close: boolean }): string {
  let last = "";
  const marked = line.replaceAll(COLOUR_SEQUENCE, (all, sequence: string, codes: string) => {
    const plain = codes.replaceAll(PALETTE_COLOUR, "0").split(";");
    if (plain.some((code) => refusedCodes.has(Number(code)))) return all;
    last = codes;
    return markColour(sequence);
  });
  return close && !CLOSING.test(last) ? marked + markColour("[0m") : marked;
}

/** JSON that may be written to a terminal: what acts stands in its strings as `\uXXXX`, which reads back the same. */
export function jsonForTerminal(value: unknown, indent?: number): string {
  return jsonTextForTerminal(JSON.stringify(value, null, indent));
}

/** The same of JSON that is there as text, whose numbers are not read and written again. */
export function jsonTextForTerminal(text: string): string {
  return replaceActing(
    text,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    LINE_BREAK_AND_TAB,
  );
}

function disarm(text: string): string {
  return replaceActing(text, () => "?", LINE_BREAK_AND_TAB);
}
