import type { Place } from "../python/python-text.ts";

/** One `@param`, `@property`, `@returns` or `@typedef` of a comment. */
export interface JsDocTag {
  tag: string;
  /** What stands between the braces; null where there are none. */
  type: string | null;
  /** `options.width` of `@param {number} options.width`; empty where a tag has no name. */
  name: string;
  /** Whether the name stands in brackets. */
  isOptional: boolean;
  /** What stands behind `=` in the brackets. */
  default: string | null;
  description: string;
  /** Where the type begins in the file, else the tag. */
  at: Place;
}

export interface JsDoc {
  summary: string;
  description: string;
  tags: JsDocTag[];
}

const NAMED = new Set(["param", "arg", "argument", "property", "prop", "typedef"]);
const SAME: Readonly<Record<string, string>> = {
  arg: "param",
  argument: "param",
  prop: "property",
  return: "returns",
  desc: "description",
  yield: "yields",
};

/** Reads a comment that begins with two stars. `place` finds where an offset from its beginning lies in the file. Pure. */
export function readJsDoc(comment: string, place: (offset: number) => Place): JsDoc {
  // Stars and margins become blanks, so that every offset stays what it is.
  const body = comment
    .replace(/^\/\*\*/, "   ")
    .replace(/\*\/$/, "  ")
    .replaceAll(/^([ \t]*)\*/gm, "$1 ");
  // A tag begins a line; one with a type is one elsewhere, too.
  const starts = [...body.matchAll(/(?:^[ \t]*@|[ \t]@(?=\w+\s*\{))(\w+)/gm)];
  const head = body.slice(0, starts[0]?.index ?? body.length);
  const tags = starts.map((start, index) => {
    const end = starts[index + 1]?.index ?? body.length;
    const from = start.index + start[0].length;
    const name = start[1] ?? "";
    return readTag(SAME[name] ?? name, body.slice(from, end), (offset) => place(from + offset));
  });
  const [summary = "", ...rest] = tidy(head).split(/\n{2,}/);
  return { summary: summary.replaceAll("\n", " "), description: rest.join("\n\n"), tags };
}

function tidy(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .join("\n")
    .trim();
}

function readTag(tag: string, body: string, place: (offset: number) => Place): JsDocTag {
  const open = /^\s*\{/.exec(body)?.[0].length ?? 0;
  const close = open === 0 ? 0 : endOfBraces(body, open);
  const type = open === 0 ? null : body.slice(open, close).replaceAll(/\s+/g, " ");
  const rest = body.slice(open === 0 ? 0 : close + 1);
  const named = NAMED.has(tag) || Object.values(SAME).includes(tag) ? readName(tag, rest) : null;
  return {
    tag,
    type,
    name: named?.name ?? "",
    isOptional: named?.isOptional ?? false,
    default: named?.default ?? null,
    description: tidy(named?.rest ?? rest)
      .replace(/^-\s+/, "")
      .replaceAll("\n", " "),
    at: place(open === 0 ? 0 : open + (/^\s*/.exec(body.slice(open))?.[0].length ?? 0)),
  };
}

/** Behind the brace that closes the one before `from`; the end of a text that closes none. */
function endOfBraces(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}

function readName(tag: string, text: string) {
  if (tag !== "param" && tag !== "property" && tag !== "typedef") return null;
  const optional = /^\s*\[\s*([\w$.]+)\s*(?:=((?:[^[\]]|\[[^\]]*\])*))?\]/.exec(text);
  if (optional !== null) {
    const [whole, name = "", value] = optional;
    return { name, isOptional: true, default: value?.trim() ?? null, rest: text.slice(whole.length) };
  }
  const plain = /^\s*([\w$.]+)/.exec(text);
  return {
    name: plain?.[1] ?? "",
    isOptional: false,
    default: null,
    rest: text.slice(plain?.[0].length ?? 0),
  };
}
