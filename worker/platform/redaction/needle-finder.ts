/** From where to where something was found. */
export type Span = [from: number, to: number];

/** A needle is looked up by so many of its first characters. */
const GRAM = 4;

/** Needles that begin alike and are equally long: one look-up tells whether any of them stands somewhere. */
interface NeedlesOfLength {
  length: number;
  needles: Set<string>;
}

/**
 * Finds every needle in one pass: the last four characters are kept as a number, and only where a needle begins with such
 * characters it is looked up, once for each length. So the time is in proportion to the text, whatever it holds and
 * however many needles begin alike.
 */
export class NeedleFinder {
  readonly #begins = new Uint8Array(1 << 16);
  readonly #byGram = new Map<number, NeedlesOfLength[]>();
  readonly #onCompare: () => void;
  /** Characters of the longest needle; 0 without any. */
  readonly longest: number;

  /** `onCompare` is called for each comparison of a piece of text with the needles, to count the work. */
  constructor(needles: readonly string[], onCompare: () => void = () => undefined) {
    this.#onCompare = onCompare;
    this.longest = needles.reduce((most, { length }) => Math.max(most, length), 0);
    for (const needle of needles) {
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

  /** Where needles stand in a text, in its order; those that touch are one. */
  find(text: string): Span[] {
    const spans: Span[] = [];
    this.#each(text, (from, to) => {
      const last = spans.at(-1);
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
      else spans.push([from, to]);
      return true;
    });
    return spans;
  }

  /** Whether any needle stands in a text. */
  has(text: string): boolean {
    let found = false;
    this.#each(text, () => {
      found = true;
      return false;
    });
    return found;
  }

  /** Goes on as long as `onFound` says so. */
  #each(text: string, onFound: (from: number, to: number) => boolean): void {
    if (this.#byGram.size === 0) return;
    let gram = 0;
    for (let at = 0; at < text.length; at += 1) {
      gram = ((gram << 4) ^ text.charCodeAt(at)) & 0xffff;
      if (this.#begins[gram] === 0) continue;
      const from = at - GRAM + 1;
      const length = from < 0 ? undefined : this.#longestAt(text, from, gram);
      if (length !== undefined && !onFound(from, from + length)) return;
    }
  }

  #longestAt(text: string, from: number, gram: number): number | undefined {
    const found = this.#byGram.get(gram)?.find(({ length, needles }) => {
      this.#onCompare();
      return from + length <= text.length && needles.has(text.slice(from, from + length));
    });
    return found?.length;
  }
}
