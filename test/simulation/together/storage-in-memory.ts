import { createFiles } from "../../../worker/platform/files.ts";
import type { Files } from "../../../worker/platform/files.ts";
import type { Life, Surroundings } from "./surroundings.ts";

interface Stored {
  size: number;
  customMetadata: Record<string, string>;
}

/** A body that nobody reads here. */
const noBody = { cancel: async () => {} };

/** The bucket: what was put there outlives everything. Of what lies in it only size and facts are kept. */
export class MemoryBucket {
  readonly #world: Surroundings;
  readonly #objects = new Map<string, Stored>();

  constructor(world: Surroundings) {
    this.#world = world;
  }

  put(key: string, stored: Partial<Stored> = {}): void {
    this.#objects.set(key, { size: 3, customMetadata: {}, ...stored });
  }

  has(key: string): boolean {
    return this.#objects.has(key);
  }

  /** The real keeper of files over the bucket, as one life of an object reaches it. */
  files(life: Life): Files {
    const bucket = {
      head: (key: string) => this.#world.call(life, "storage_get", () => this.#objects.get(key) ?? null),
      get: (key: string) =>
        this.#world.call(life, "storage_get", () => {
          const found = this.#objects.get(key);
          return found ? { ...found, body: noBody } : null;
        }),
      put: (key: string) => this.#world.call(life, "storage_put", () => this.put(key)),
      list: ({ prefix = "" }: R2ListOptions) =>
        this.#world.call(life, "storage_get", () => {
          const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix));
          return { objects: keys.map((key) => ({ key })), truncated: false };
        }),
      delete: (keys: string[]) =>
        this.#world.call(life, "storage_put", () => keys.forEach((key) => this.#objects.delete(key))),
    };
    return createFiles(bucket as unknown as R2Bucket);
  }
}
