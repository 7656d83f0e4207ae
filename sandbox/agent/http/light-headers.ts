/** What the constructor takes of what the standard's takes. */
type HeadersInput = Iterable<readonly [string, string]> | Readonly<Record<string, string>> | undefined;

/**
 * As much of the standard's `Headers` as Connect's server uses. Node's own comes with the whole of its `fetch`, which
 * every sandbox would load before its first command: more work than the rest of that command.
 */
export class LightHeaders implements Iterable<[string, string]> {
  readonly #values = new Map<string, string>();

  constructor(input?: HeadersInput) {
    if (input === undefined) return;
    const pairs = Symbol.iterator in input ? input : Object.entries(input);
    for (const [name, value] of pairs) this.append(name, value);
  }

  append(name: string, value: string): void {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${String(value).trim()}`);
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), String(value).trim());
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  forEach(told: (value: string, name: string, headers: LightHeaders) => void): void {
    for (const [name, value] of this.#values) told(value, name, this);
  }

  entries(): MapIterator<[string, string]> {
    return this.#values.entries();
  }

  keys(): MapIterator<string> {
    return this.#values.keys();
  }

  values(): MapIterator<string> {
    return this.#values.values();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}
