/** The entries of a Durable Object's storage, in key order, each a copy of what was put there. */
export class MemoryKv {
  readonly #entries = new Map<string, unknown>();

  get<T>(key: string): T | undefined {
    return structuredClone(this.#entries.get(key)) as T | undefined;
  }

  put(key: string, value: unknown): void {
    this.#entries.set(key, structuredClone(value));
  }

  delete(key: string): boolean {
    return this.#entries.delete(key);
  }

  *list<T>({
    prefix = "",
    start = "",
    end,
    reverse = false,
    limit = Infinity,
  }: SyncKvListOptions = {}): Iterable<[string, T]> {
    const keys = [...this.#entries.keys()].filter(
      (key) => key.startsWith(prefix) && key >= start && (end === undefined || key < end),
    );
    keys.sort();
    if (reverse) keys.reverse();
    for (const key of keys.slice(0, limit)) yield [key, structuredClone(this.#entries.get(key)) as T];
  }
}
