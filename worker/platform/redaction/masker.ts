import type { Json } from "#contract/json";
import { buildNeedles, PIECE, withoutLines } from "./build-needles.ts";
import { NeedleFinder } from "./needle-finder.ts";
import type { Span } from "./needle-finder.ts";

export const MASK = "***";
/** Takes secrets out of texts, in a time that is in proportion to the text. */
export class Masker {
  readonly #finder: NeedleFinder;

  /** `onCompare` is called for each comparison of a piece of text with the needles, to count the work. */
  constructor(values: readonly string[], onCompare?: () => void) {
    this.#finder = new NeedleFinder(buildNeedles(values), onCompare);
  }

  /** A text with all that gives a secret away masked. */
  text(text: string): string {
    return this.texts([text]).masked[0] ?? "";
  }

  /**
   * Texts of which each goes on where the one before ends: what is divided between two of them is masked in both. `carry`
   * is what a call before handed on; what it holds is on the record already, so of that only the rest is masked.
   */
  texts(texts: readonly string[], carry = ""): { masked: string[]; carry: string } {
    const flats = texts.map(withoutLines);
    const whole = carry + flats.join("");
    const spans = this.#finder.find(whole);
    let from = carry.length;
    const masked = texts.map((text, index) => {
      const length = flats[index]?.length ?? 0;
      const result = applySpans(text, spans, { from, to: from + length });
      from += length;
      return result;
    });
    return { masked, carry: whole.slice(-(PIECE - 1)) };
  }

  /** A copy of a JSON value with its texts masked, keys included; a number that is a secret's digits becomes a text. */
  json<Value extends Json>(value: Value): Value;
  json(value: Json): Json {
    if (typeof value === "string") return this.text(value);
    if (typeof value === "number") {
      const digits = String(value);
      return this.text(digits) === digits ? value : MASK;
    }
    if (Array.isArray(value)) return value.map((item) => this.json(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.json(item)]));
  }
}

/** `text` stands at `part` of the whole that was searched; line ends are counted nowhere. */
function applySpans(text: string, spans: readonly Span[], part: { from: number; to: number }): string {
  const own = spans.filter(([from, to]) => to > part.from && from < part.to);
  if (own.length === 0) return text;
  const pieces: string[] = [];
  let at = part.from;
  let index = 0;
  let kept = 0;
  const isLineEnd = (code: number) => code === 10 || code === 13;
  for (let i = 0; i < text.length; i += 1) {
    const span = own[index];
    if (span === undefined) break;
    if (isLineEnd(text.charCodeAt(i))) continue;
    const begins = Math.max(span[0], part.from);
    if (at === begins) pieces.push(text.slice(kept, i), MASK);
    at += 1;
    if (at === Math.min(span[1], part.to)) {
      kept = i + 1;
      index += 1;
    }
  }
  return pieces.join("") + text.slice(kept);
}
