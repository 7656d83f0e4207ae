/** Host uids that sandboxes of a root server are run under. */
export interface UidRange {
  first: number;
  count: number;
}

const preferred: UidRange = { first: 700_000, count: 50_000 };
const inSmallContainer: UidRange = { first: 40_000, count: 20_000 };

/**
 * Picks a range from the text of `/proc/self/uid_map`: in a container that maps only 65,536 uids the usual
 * range does not exist. Null when neither fits: such a root is itself an unprivileged user, seen from outside.
 */
export function chooseUidRange(uidMap: string): UidRange | null {
  const mapped = uidMap
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const fits = (range: UidRange): boolean =>
    mapped.some(
      ([inside = 0, , length = 0]) => inside <= range.first && inside + length >= range.first + range.count,
    );
  return [preferred, inSmallContainer].find(fits) ?? null;
}

/** Hands out uids in turn, so that one is not used again soon after its sandbox ended. */
export class UidAllocator {
  readonly #range: UidRange;
  #next: number;

  constructor(range: UidRange, start: number) {
    this.#range = range;
    this.#next = start % range.count;
  }

  /** A uid that is not in `used`. Throws when all are. */
  take(used: ReadonlySet<number>): number {
    for (let tried = 0; tried < this.#range.count; tried += 1) {
      const uid = this.#range.first + this.#next;
      this.#next = (this.#next + 1) % this.#range.count;
      if (!used.has(uid)) return uid;
    }
    throw new Error("every sandbox uid is in use");
  }
}
