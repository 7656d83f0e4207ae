import { readGivenJson } from "#contract/json";

/** A document deeper than this is not looked through: what reads it in the sandbox gives up far before. */
const DEEPEST = 10_000;
/** A key longer than this is none that somebody asked for. */
const LONGEST_KEY_BYTES = 16_384;
const LONGEST_SCALAR = 4096;

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COLON, COMMA] = [
  34, 92, 123, 125, 91, 93, 58, 44,
];
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** What may come next: a value, what follows one, or in an object a key and its colon. */
type Expected = "value" | "value_or_end" | "key" | "key_or_end" | "colon" | "after" | "nothing";

export interface TopKeysScan {
  /** Takes the next bytes. False once the document is known to be no JSON: the rest need not be read. */
  push: (bytes: Uint8Array) => boolean;
  /** The document is over. */
  end: () => TopKeys;
}

/** `object` with the keys at the top of the object, a `value` of another kind, or no JSON. */
export type TopKeys = { kind: "object"; keys: ReadonlySet<string> } | { kind: "value" } | { kind: "invalid" };

/**
 * Looks for keys at the top of a JSON document that is too large to be held: takes its bytes as they come, in UTF-8 and
 * with or without a mark, and keeps the place it is at and nothing else. Only keys among `wanted` are told. Escapes and
 * characters inside strings are not judged.
 */
export function scanTopKeys(wanted: readonly string[]): TopKeysScan {
  const scan = new Scan(new Set(wanted));
  return { push: (bytes) => scan.push(bytes), end: () => scan.end() };
}

class Scan {
  private readonly wanted: ReadonlySet<string>;
  private readonly keys = new Set<string>();
  private readonly open: number[] = [];
  private expected: Expected = "value";
  private top: number | null = null;
  private at = 0;
  private inString = false;
  private isEscaped = false;
  private isKey = false;
  private token: number[] = [];
  private scalar = "";
  private isInvalid = false;

  constructor(wanted: ReadonlySet<string>) {
    this.wanted = wanted;
  }

  push(bytes: Uint8Array): boolean {
    for (const byte of bytes) {
      if (this.isInvalid) return false;
      const isMark = this.at < 3 && byte === [0xef, 0xbb, 0xbf][this.at];
      this.at += 1;
      if (this.inString) this.takeInString(byte);
      else if (!isMark) this.take(byte);
    }
    return !this.isInvalid;
  }

  end(): TopKeys {
    this.endScalar();
    if (this.isInvalid || this.inString || this.expected !== "nothing") return { kind: "invalid" };
    return this.top === OPEN ? { kind: "object", keys: this.keys } : { kind: "value" };
  }

  private takeInString(byte: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (byte === BACKSLASH) this.isEscaped = true;
    else if (byte === QUOTE) return this.endString();
    else if (byte < 32) this.isInvalid = true;
    if (this.isKey && this.open.length === 1 && this.token.length <= LONGEST_KEY_BYTES) this.token.push(byte);
  }

  private endString(): void {
    this.inString = false;
    if (!this.isKey) return this.endValue();
    this.expected = "colon";
    if (this.open.length !== 1 || this.token.length > LONGEST_KEY_BYTES) return;
    const key = readText(this.token);
    if (key === null) this.isInvalid = true;
    else if (this.wanted.has(key)) this.keys.add(key);
  }

  private take(byte: number): void {
    if (byte === 32 || byte === 9 || byte === 10 || byte === 13) return this.endScalar();
    if (byte === COMMA || byte === CLOSE || byte === CLOSE_LIST) this.endScalar();
    if (byte === QUOTE) return this.begin(byte);
    if (byte === OPEN || byte === OPEN_LIST) return this.begin(byte);
    if (byte === CLOSE || byte === CLOSE_LIST) return this.close(byte);
    if (byte === COLON) return this.step("colon", "value");
    if (byte === COMMA) return this.step("after", this.open.at(-1) === OPEN ? "key" : "value");
    this.takeScalar(byte);
  }

  /** A string, an object or a list begins. */
  private begin(byte: number): void {
    const isKey = this.expected === "key" || this.expected === "key_or_end";
    const isValue = this.expected === "value" || this.expected === "value_or_end";
    if (this.scalar !== "" || !(isValue || (isKey && byte === QUOTE))) return this.fail();
    this.top ??= byte;
    if (byte === QUOTE) {
      this.inString = true;
      this.isKey = isKey;
      this.token = [];
      return;
    }
    this.open.push(byte);
    if (this.open.length > DEEPEST) return this.fail();
    this.expected = byte === OPEN ? "key_or_end" : "value_or_end";
  }

  private close(byte: number): void {
    const begun = byte === CLOSE ? OPEN : OPEN_LIST;
    const mayEnd =
      this.expected === "after" || this.expected === (byte === CLOSE ? "key_or_end" : "value_or_end");
    if (!mayEnd || this.open.pop() !== begun) return this.fail();
    this.endValue();
  }

  private takeScalar(byte: number): void {
    if (this.expected !== "value" && this.expected !== "value_or_end") return this.fail();
    this.top ??= byte;
    this.scalar += String.fromCharCode(byte);
    if (this.scalar.length > LONGEST_SCALAR) this.fail();
  }

  private endScalar(): void {
    if (this.scalar === "") return;
    if (!SCALAR.test(this.scalar)) return this.fail();
    this.scalar = "";
    this.endValue();
  }

  private endValue(): void {
    this.expected = this.open.length === 0 ? "nothing" : "after";
  }

  private step(from: Expected, to: Expected): void {
    if (this.expected !== from || this.scalar !== "") return this.fail();
    this.expected = to;
  }

  private fail(): void {
    this.isInvalid = true;
  }
}

/** The text between two quotes; null when its escapes make none. */
function readText(bytes: readonly number[]): string | null {
  const raw = new TextDecoder().decode(Uint8Array.from(bytes));
  try {
    const text = readGivenJson(`"${raw}"`);
    return typeof text === "string" ? text : null;
  } catch {
    return null;
  }
}
