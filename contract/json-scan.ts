/** What a JSON text says that no reader of it could keep as it is, and where. */
export interface JsonFault {
  /** `syntax`: it is no JSON. The others are JSON, and would be changed or lost on the way. */
  code: "syntax" | "too_deep" | "duplicate_key" | "lost_key" | "number";
  /** The rest of a sentence: "is a whole number beyond 2^53 …". */
  reason: string;
  /** JSON Pointer (RFC 6901) of the value. */
  pointer: string;
  /** From 1. */
  line: number;
  column: number;
  /** Characters from the start of the text. */
  offset: number;
}

/** How deep lists and objects may lie in each other: what walks a value step by step would run out of stack far beyond it. */
export const JSON_DEPTH = 200;

/** A list or an object that is not closed yet. */
interface Open {
  names: Set<string> | null;
  /** Where in it the scan is: the index or the name of a value; null before a name. */
  at: number | string | null;
}

interface Found {
  code: JsonFault["code"];
  reason: string;
  offset: number;
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const BLANK = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WORD = /true|false|null/y;

/**
 * The first thing in `text` that is no JSON, or that JavaScript's reader would change without a word: a number that no
 * double holds, a name that stands twice, `__proto__`, nesting without end. Null when the text says exactly what its
 * reader gets. Pure; goes through the text once.
 */
export function scanJson(text: string): JsonFault | null {
  return new JsonScan(text).run();
}

class JsonScan {
  readonly #text: string;
  readonly #open: Open[] = [];
  #at = 0;
  #found: Found | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  run(): JsonFault | null {
    let isDone = false;
    while (this.#found === null && !isDone) {
      this.#skip(BLANK);
      isDone = this.#takeValue() && this.#closeAll();
    }
    this.#skip(BLANK);
    if (this.#found === null && this.#at < this.#text.length)
      this.#fail("syntax", "has something behind its end");
    return this.#found === null ? null : this.#describe(this.#found);
  }

  /** Reads one value, or the opening of one that holds others. True when the value is complete. */
  #takeValue(): boolean {
    const first = this.#text[this.#at];
    if (first === "{" || first === "[") return this.#takeOpening(first);
    if (first === '"') return this.#takeText() !== null;
    if (this.#skip(WORD) > 0) return true;
    return this.#takeNumber();
  }

  #takeOpening(bracket: "{" | "["): boolean {
    if (this.#open.length >= JSON_DEPTH)
      return this.#fail("too_deep", `lies more than ${JSON_DEPTH} lists and objects deep`);
    this.#at++;
    const isMap = bracket === "{";
    this.#open.push(isMap ? { names: new Set(), at: null } : { names: null, at: 0 });
    this.#skip(BLANK);
    if (this.#text[this.#at] === (isMap ? "}" : "]")) {
      this.#at++;
      this.#open.pop();
      return true;
    }
    if (isMap) this.#takeName();
    return false;
  }

  /** Behind a complete value: the closings and the comma up to the next one. True at the end of the outermost value. */
  #closeAll(): boolean {
    for (;;) {
      const holder = this.#open.at(-1);
      if (holder === undefined) return true;
      this.#skip(BLANK);
      const mark = this.#text[this.#at];
      if (mark === ",") {
        this.#at++;
        this.#skip(BLANK);
        if (typeof holder.at === "number") holder.at++;
        else this.#takeName();
        return false;
      }
      if (mark !== (holder.names ? "}" : "]")) return this.#fail("syntax", this.#unexpected(holder));
      this.#at++;
      this.#open.pop();
    }
  }

  #unexpected(holder: Open): string {
    if (this.#at >= this.#text.length) return `ends before its ${holder.names ? "object" : "list"} does`;
    return `has ${this.#shown()} where a comma or ${holder.names ? "}" : "]"} is due`;
  }

  #takeName(): void {
    const holder = this.#open.at(-1);
    if (holder) holder.at = null;
    const start = this.#at;
    if (this.#text[start] !== '"') {
      this.#fail("syntax", `has ${this.#shown()} where a name in double quotes is due`);
      return;
    }
    const name = this.#takeText();
    if (holder?.names === null || holder === undefined || name === null) return;
    holder.at = name;
    this.#skip(BLANK);
    if (this.#text[this.#at] !== ":") this.#fail("syntax", `has ${this.#shown()} where a colon is due`);
    else if (holder.names.has(name))
      this.#fail("duplicate_key", "stands there twice, and only one of the two could count", start);
    else if (name === "__proto__")
      this.#fail("lost_key", "cannot be kept: JavaScript reads __proto__ as something else", start);
    holder.names.add(name);
    this.#at++;
  }

  /** The text of a string; null when it is none. */
  #takeText(): string | null {
    const start = this.#at++;
    for (;;) {
      this.#skip(PLAIN);
      if (this.#text[this.#at] === '"') break;
      if (this.#skip(ESCAPE) > 0) continue;
      const isEnd = this.#at >= this.#text.length;
      this.#fail("syntax", isEnd ? "ends within a text" : `has ${this.#shown()} within a text, unescaped`);
      return null;
    }
    const inner = this.#text.slice(start + 1, this.#at++);
    return inner.includes("\\") ? String(JSON.parse(`"${inner}"`)) : inner;
  }

  #takeNumber(): boolean {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) return this.#fail("syntax", `has ${this.#shown()} where a value is due`);
    const [written, fraction, exponent] = match;
    const fault = numberFault(written, fraction === undefined && exponent === undefined);
    if (fault !== null) return this.#fail("number", fault);
    this.#at += written.length;
    return true;
  }

  #skip(pattern: RegExp): number {
    pattern.lastIndex = this.#at;
    const length = pattern.exec(this.#text)?.[0].length ?? 0;
    this.#at += length;
    return length;
  }

  #shown(): string {
    const [word = ""] = /^[A-Za-z]{1,20}|^[^]?/u.exec(this.#text.slice(this.#at, this.#at + 24)) ?? [];
    return word === "" ? "its end" : JSON.stringify(word);
  }

  /** Always false, for whoever asks whether a value is complete. */
  #fail(code: JsonFault["code"], reason: string, offset = this.#at): false {
    this.#found ??= { code, reason, offset };
    return false;
  }

  #describe({ code, reason, offset }: Found): JsonFault {
    const before = this.#text.slice(0, offset);
    const line = before.split("\n").length;
    const column = offset - before.lastIndexOf("\n");
    const steps = this.#open.flatMap(({ at }) => (at === null ? [] : [String(at)]));
    const pointer = steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
    return { code, reason, pointer, line, column, offset };
  }
}

/** A fault as a sentence: "/a/0 is … (line 1, column 8)". */
export function describeFault({ pointer, reason, line, column }: JsonFault): string {
  return `${pointer === "" ? "it" : pointer} ${reason} (line ${line}, column ${column})`;
}

/** Why no double holds the number as it is written; null when one does. Digits behind the point are rounded everywhere. */
export function numberFault(written: string, isWhole: boolean): string | null {
  const number = Number(written);
  if (!Number.isFinite(number)) return `is ${shorten(written)}, a number larger than any that can be kept`;
  if (isWhole && !Number.isSafeInteger(number))
    return `is ${shorten(written)}, a whole number beyond 2^53 that would arrive changed; write it as a text`;
  if (number === 0 && /[1-9]/.test(written.replace(/e.*/i, "")))
    return `is ${shorten(written)}, a number nearer to 0 than any that can be kept`;
  return null;
}

function shorten(written: string): string {
  return written.length <= 40 ? written : `${written.slice(0, 37)}...`;
}
