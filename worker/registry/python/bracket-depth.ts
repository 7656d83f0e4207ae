/** Python itself reads no brackets that lie deeper in each other (its tokenizer's MAXLEVEL). */
const MOST_LEVELS = 200;

const QUOTES = /"""|'''|"|'/y;

/**
 * Where brackets lie deeper in each other than Python reads; null where they do nowhere. Looks past comments and texts.
 * The offset is in UTF-16 units.
 */
export function findTooDeep(source: string): number | null {
  let depth = 0;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === "#") at = endOfLine(source, at);
    else if (character === '"' || character === "'") at = endOfText(source, at);
    else if (character === "(" || character === "[" || character === "{") {
      depth += 1;
      if (depth > MOST_LEVELS) return at;
    } else if (character === ")" || character === "]" || character === "}") depth = Math.max(0, depth - 1);
  }
  return null;
}

function endOfLine(source: string, at: number): number {
  const end = source.indexOf("\n", at);
  return end === -1 ? source.length : end;
}

/** The last character of the text that begins at `at`; a text of one line ends with its line. */
function endOfText(source: string, at: number): number {
  QUOTES.lastIndex = at;
  const quote = QUOTES.exec(source)?.[0] ?? '"';
  const isLong = quote.length === 3;
  for (let index = at + quote.length; index < source.length; index++) {
    if (source[index] === "\\") index++;
    else if (source.startsWith(quote, index)) return index + quote.length - 1;
    else if (!isLong && source[index] === "\n") return index;
  }
  return source.length;
}
