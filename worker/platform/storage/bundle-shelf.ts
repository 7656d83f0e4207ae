import type { Clock } from "../clock.ts";

/** A bundle as the files of the platform give it. */
export interface Bundle {
  size: number;
  installs: boolean;
  body: ReadableStream;
  bytes: () => Promise<Uint8Array>;
  text: () => Promise<string>;
}

interface Bundles {
  getBundle: (digest: string) => Promise<Bundle | null>;
}

/** What is larger is opened each time: it is streamed, and held by nobody. */
const MOST_BUNDLE_BYTES = 64 * 1024;
const MOST_BYTES = 2 * 1024 * 1024;
/** A bundle that was deleted may be given out for so long still. */
const KEPT_MS = 60_000;

interface Kept {
  bytes: Uint8Array<ArrayBuffer>;
  installs: boolean;
  until: number;
}

/**
 * Small bundles that runs have opened lately, so that each is read from storage once and not for every run: what lies under
 * a digest never changes. One for all objects of an isolate.
 */
export class BundleShelf {
  readonly #clock: Clock;
  /** By digest; who was put there first comes first. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** These files, but that bundles are looked for here first. */
  over<Files extends Bundles>(files: Files): Files {
    return { ...files, getBundle: (digest: string) => this.#open(files, digest) };
  }

  async #open(files: Bundles, digest: string): Promise<Bundle | null> {
    const kept = this.#kept.get(digest);
    if (kept !== undefined && this.#clock() < kept.until) return toBundle(kept);
    const found = await files.getBundle(digest);
    if (found === null || found.size > MOST_BUNDLE_BYTES) return found;
    const bytes = new Uint8Array(await found.bytes());
    const fresh = { bytes, installs: found.installs, until: this.#clock() + KEPT_MS };
    this.#put(digest, fresh);
    return toBundle(fresh);
  }

  #put(digest: string, fresh: Kept): void {
    this.#drop(digest);
    this.#kept.set(digest, fresh);
    this.#bytes += fresh.bytes.byteLength;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= MOST_BYTES) return;
      this.#drop(oldest);
    }
  }

  #drop(digest: string): void {
    this.#bytes -= this.#kept.get(digest)?.bytes.byteLength ?? 0;
    this.#kept.delete(digest);
  }
}

function toBundle({ bytes, installs }: Kept): Bundle {
  const response = () => new Response(bytes);
  return {
    size: bytes.byteLength,
    installs,
    get body() {
      const { body } = response();
      if (body === null) throw new Error("A response with bytes has a body.");
      return body;
    },
    bytes: async () => bytes,
    text: () => response().text(),
  };
}
