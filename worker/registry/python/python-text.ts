/** A place in a source file; both count from 1, columns in UTF-16 units as editors do. */
export interface Place {
  line: number;
  column: number;
}

/** Finds the places of offsets in one text, by its line starts. */
export function placeFinder(text: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

const LITERAL = /^([A-Za-z]{0,2})("""|'''|"|')([\s\S]*)\2$/;
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
};
const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|[\s\S])/g;

/** The character that an escape stands for; one that Python does not know stays as it is written. */
function readEscape(escape: string): string {
  const said = escape.slice(1);
  if (/^[xuU]./.test(said)) return characterOf(Number.parseInt(said.slice(1), 16)) ?? escape;
  if (/^[0-7]/.test(said)) return String.fromCodePoint(Number.parseInt(said, 8));
  return SHORT_ESCAPES[said] ?? escape;
}

/**
 * What a Python string literal says; null for one whose text is not its own: a formatted one, bytes, or one with a named
 * character (`\N{...}`), whose table is Python's. Rules: Python reference, "String and Bytes literals".
 */
export function readStringLiteral(literal: string): string | null {
  const match = LITERAL.exec(literal);
  if (match === null) return null;
  const [, prefix = "", , body = ""] = match;
  const kind = prefix.toLowerCase();
  if (/[bft]/.test(kind)) return null;
  const text = body.replaceAll("\r\n", "\n");
  if (kind.includes("r")) return text;
  if (/(?:^|[^\\])(?:\\\\)*\\N\{/.test(text)) return null;
  return text.replaceAll(ESCAPE, readEscape);
}

function characterOf(code: number): string | null {
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : null;
}

/** A docstring without the indentation that its place in the source gave it, as `inspect.cleandoc` does. */
export function cleanDocstring(text: string): string {
  const [first = "", ...rest] = text.replaceAll("\t", "        ").split("\n");
  const indents = rest
    .filter((line) => line.trim() !== "")
    .map((line) => line.length - line.trimStart().length);
  const margin = indents.length === 0 ? 0 : Math.min(...indents);
  return [first.trim(), ...rest.map((line) => line.slice(margin).trimEnd())].join("\n").trim();
}
