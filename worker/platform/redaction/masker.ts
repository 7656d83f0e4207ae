import type { Json } from "#contract/json";
import { buildNeedles, PIECE, withoutLines } from "./build-needles.ts";

export const MASK = "***";
/** A needle is looked up by its first so many characters. */
const GRAM = 4;

/** From where to where something is to be masked, in a text without its line ends. */
type Span = [from: number, to: number];

/** Needles that begin alike and are equally long: one look-up tells whether any of them stands somewhere. */
interface NeedlesOfLength {
  length: number;
  needles: Set<string>;
}

/**
 * Finds every needle in one pass: the last four characters are kept as a number, and only where a needle begins with such
 * characters it is looked up, once for each length, of which there are at most `PIECE`. So the time is in proportion to the
 * text, whatever it holds and however many secrets begin alike.
 */
export class Masker {
  readonly #begins = new Uint8Array(1 << 16);
  readonly #byGram = new Map<number, NeedlesOfLength[]>();
  readonly #onCompare: () => void;

  /** `onCompare` is called for each comparison of a piece of text with the needles, to count the work. */
  constructor(values: readonly string[], onCompare: () => void = () => undefined) {
    this.#onCompare = onCompare;
    for (const needle of buildNeedles(values)) {
      let gram = 0;
      for (let at = 0; at < GRAM; at += 1) gram = ((gram << 4) ^ needle.charCodeAt(at)) & 0xffff;
      this.#begins[gram] = 1;
      const lengths = this.#byGram.get(gram) ?? [];
      if (lengths.length === 0) this.#byGram.set(gram, lengths);
      const alike = lengths.find(({ length }) => length === needle.length);
      if (alike === undefined) lengths.push({ length: needle.length, needles: new Set([needle]) });
      else alike.needles.add(needle);
    }
    // The longest first, so that the first that fits covers the most.
    for (const lengths of this.#byGram.values()) lengths.sort((a, b) => b.length - a.length);
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
    const spans = this.#find(whole);
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

  #longestAt(flat: string, from: number, gram: number): number | undefined {
    const found = this.#byGram.get(gram)?.find(({ length, needles }) => {
      this.#onCompare();
      return from + length <= flat.length && needles.has(flat.slice(from, from + length));
    });
    return found?.length;
  }

  #find(flat: string): Span[] {
    const spans: Span[] = [];
    if (this.#byGram.size === 0) return spans;
    let gram = 0;
    for (let at = 0; at < flat.length; at += 1) {
      gram = ((gram << 4) ^ flat.charCodeAt(at)) & 0xffff;
      if (this.#begins[gram] === 0) continue;
      const from = at - GRAM + 1;
      const length = from < 0 ? undefined : this.#longestAt(flat, from, gram);
      if (length === undefined) continue;
      const last = spans.at(-1);
      const to = from + length;
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
      else spans.push([from, to]);
    }
    return spans;
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
