/** A text with what is chosen in it: places in characters. */
export interface Chosen {
  text: string;
  start: number;
  end: number;
}

/** What takes the place of `from` to `to`; then what is chosen goes from `start` to `end`. */
export interface KeyEdit {
  from: number;
  to: number;
  text: string;
  start: number;
  end: number;
}

const INDENT = "  ";

const lineStart = (text: string, at: number) => text.lastIndexOf("\n", at - 1) + 1;

function lineEnd(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  return found === -1 ? text.length : found;
}

/**
 * What a key does to code: Tab indents, with Shift the other way, and Enter goes on where the line before began, deeper
 * behind a bracket or colon that opens. Null for a key that does what it always does. Pure.
 */
export function editKey(chosen: Chosen, { key, shift }: { key: string; shift: boolean }): KeyEdit | null {
  if (key === "Enter" && !shift) return breakLine(chosen);
  if (key !== "Tab") return null;
  const { text, start, end } = chosen;
  const isOfLines = shift || text.slice(start, end).includes("\n");
  if (isOfLines) return indentLines(chosen, shift);
  const caret = start + INDENT.length;
  return { from: start, to: end, text: INDENT, start: caret, end: caret };
}

function breakLine({ text, start, end }: Chosen): KeyEdit {
  const before = text.slice(lineStart(text, start), start);
  const indent = /^[ \t]*/.exec(before)?.[0] ?? "";
  const isOpen = /[[{(:]\s*$/.test(before);
  const next = `\n${indent}${isOpen ? INDENT : ""}`;
  const isClosed = isOpen && /^[\]})]/.test(text.slice(end));
  const caret = start + next.length;
  return { from: start, to: end, text: isClosed ? `${next}\n${indent}` : next, start: caret, end: caret };
}

function indentLines({ text, start, end }: Chosen, isOut: boolean): KeyEdit {
  const from = lineStart(text, start);
  // A line of which nothing is chosen but its beginning stays.
  const to = lineEnd(text, end > start && text[end - 1] === "\n" ? end - 1 : end);
  const lines = text.slice(from, to).split("\n");
  const changed = lines.map((line) => (isOut ? line.replace(/^(?: {1,2}|\t)/, "") : INDENT + line));
  const grown = changed.join("\n").length - (to - from);
  const first = (changed[0]?.length ?? 0) - (lines[0]?.length ?? 0);
  const moved = Math.max(start + first, from);
  return { from, to, text: changed.join("\n"), start: moved, end: Math.max(end + grown, moved) };
}
