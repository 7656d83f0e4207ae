/** Lists that are kept at most, and characters of all together: an isolate has 128 MB for everything. */
const MOST_LISTS = 64;
const MOST_CHARACTERS = 8 * 1024 * 1024;

interface KeptList {
  mark: string;
  text: string;
}

/**
 * Lists as the text that goes over the wire, kept for this isolate's life by everything they depend on: `key` says for
 * whom and what was asked for, `mark` what there was. A list whose mark has moved is never given out again.
 */
export class ListCache {
  /** Least recently asked for first. */
  readonly #kept = new Map<string, KeptList>();
  #characters = 0;

  find(key: string, mark: string): string | undefined {
    const kept = this.#kept.get(key);
    if (kept?.mark !== mark) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.text;
  }

  /** Keeps a list in place of an older one, and lets those go that were not asked for longest. */
  keep(key: string, list: KeptList): void {
    this.#drop(key);
    const size = sizeOf(key, list);
    if (size > MOST_CHARACTERS) return;
    this.#kept.set(key, list);
    this.#characters += size;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_LISTS && this.#characters <= MOST_CHARACTERS) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#characters -= sizeOf(key, kept);
  }
}

const sizeOf = (key: string, { mark, text }: KeptList) => key.length + mark.length + text.length;
