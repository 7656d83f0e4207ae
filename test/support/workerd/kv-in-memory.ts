/** What a run's storage asks of the key-value store of its object. */
type Kv = Pick<SyncKvStorage, "get" | "put" | "list" | "delete">;

/** An object's key-value store as a map: what is put is copied, as the true one does, and lists are in order of keys. */
export class KvInMemory implements Kv {
  readonly entries = new Map<string, unknown>();

  get<T>(key: string): T | undefined {
    return structuredClone(this.entries.get(key)) as T | undefined;
  }

  put<T>(key: string, value: T): void {
    this.entries.set(key, structuredClone(value));
  }

  delete(key: string): boolean {
    return this.entries.delete(key);
  }

  list<T>({ prefix = "", start = "", end, reverse, limit }: SyncKvListOptions = {}): Iterable<[string, T]> {
    const within = (key: string) =>
      key.startsWith(prefix) && key >= start && (end === undefined || key < end);
    const keys = [...this.entries.keys()].filter(within).sort();
    if (reverse === true) keys.reverse();
    return keys.slice(0, limit).map((key) => [key, structuredClone(this.entries.get(key)) as T]);
  }
}
