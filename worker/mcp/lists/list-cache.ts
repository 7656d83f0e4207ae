/** Lists that are kept at most, and characters and bytes of all together: an isolate has 128 MB for everything. */
const MOST_LISTS = 64;
const MOST_SIZE = 16 * 1024 * 1024;

/** A list as JSON: for whoever reads it, and as it goes over the wire. */
export interface WrittenList {
  text: string;
  bytes: Uint8Array;
}

interface KeptList extends WrittenList {
  mark: number;
}

/**
 * Lists as the text that goes over the wire, kept for this isolate's life by everything they depend on: `key` says for
 * whom and what was asked for, `mark` what there was. A list whose mark has moved is never given out again.
 */
export class ListCache {
  /** Least recently asked for first. */
  readonly #kept = new Map<string, KeptList>();
  #size = 0;

  find(key: string, mark: number): WrittenList | undefined {
    const kept = this.#kept.get(key);
    if (kept?.mark !== mark) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept;
  }

  /** Keeps a list in place of an older one, and lets those go that were not asked for longest. */
  keep(key: string, mark: number, written: WrittenList): void {
    this.#drop(key);
    const list = { ...written, mark };
    const size = sizeOf(key, list);
    if (size > MOST_SIZE) return;
    this.#kept.set(key, list);
    this.#size += size;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_LISTS && this.#size <= MOST_SIZE) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#size -= sizeOf(key, kept);
  }
}

const sizeOf = (key: string, { text, bytes }: KeptList) => key.length + text.length + bytes.byteLength;
