import { buildNeedles } from "./build-needles.ts";
import { NeedleFinder } from "./needle-finder.ts";

/** One character for each byte, whichever it is. */
const decodeBytes = (bytes: Uint8Array) => new TextDecoder("windows-1252").decode(bytes);
const encoder = new TextEncoder();

/** What gives secrets away within bytes; made once for a run, and used for each of its files. */
export class SecretBytes {
  readonly #finder: NeedleFinder;

  constructor(values: readonly string[]) {
    this.#finder = new NeedleFinder(
      buildNeedles(values).map((needle) => decodeBytes(encoder.encode(needle))),
    );
  }

  /** A look at one stream. */
  scan(): SecretScan {
    return new SecretScan(this.#finder);
  }
}

/**
 * Looks for secrets in bytes as they come by, over the borders of their parts. Line ends and zero bytes count nowhere: an
 * encoding may be wrapped anywhere, and text of two bytes a character is found as well.
 */
export class SecretScan {
  readonly #finder: NeedleFinder;
  #carry = "";
  #found = false;

  constructor(finder: NeedleFinder) {
    this.#finder = finder;
  }

  get found(): boolean {
    return this.#found;
  }

  take(part: Uint8Array): void {
    if (this.#found || this.#finder.longest === 0) return;
    const text = this.#carry + decodeBytes(part).replace(/[\r\n\0]+/g, "");
    this.#found = this.#finder.has(text);
    this.#carry = text.slice(Math.max(0, text.length - this.#finder.longest + 1));
  }
}
