/** A text of rows as a file has it: its separator, and its rows with the header first. */
export interface CsvText {
  separator: string;
  rows: string[][];
  /** More rows follow than were asked for. */
  isCut: boolean;
}

/** Reads CSV (RFC 4180) or text with tabs or semicolons; of what is broken as much as there is. */
export function readCsv(text: string, mostRows: number): CsvText {
  const source = text.replace(/^\uFEFF/, "");
  const separator = separatorOf(source);
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < source.length && rows.length < mostRows) {
    const cell = source[at] === '"' ? quotedCell(source, at) : plainCell(source, at, separator);
    row.push(cell.text);
    at = cell.end;
    if (source[at] === separator) {
      at++;
      if (at === source.length) row.push("");
      else continue;
    }
    at += source.startsWith("\r\n", at) ? 2 : 1;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  if (row.length > 0 && rows.length < mostRows) rows.push(row);
  return { separator, rows, isCut: at < source.length };
}

/** Whichever of them stands most often in the first line. */
function separatorOf(source: string): string {
  const [line = ""] = source.split(/\r?\n/, 1);
  const counts = [",", ";", "\t"].map((mark) => ({ mark, count: line.split(mark).length }));
  return counts.reduce((most, one) => (one.count > most.count ? one : most)).mark;
}

interface Cell {
  text: string;
  end: number;
}

function quotedCell(source: string, start: number): Cell {
  let end = source.indexOf('"', start + 1);
  while (end !== -1 && source[end + 1] === '"') end = source.indexOf('"', end + 2);
  if (end === -1) return { text: source.slice(start + 1), end: source.length };
  return { text: source.slice(start + 1, end).replaceAll('""', '"'), end: end + 1 };
}

function plainCell(source: string, start: number, separator: string): Cell {
  let end = start;
  while (end < source.length && source[end] !== separator && source[end] !== "\n" && source[end] !== "\r")
    end++;
  return { text: source.slice(start, end), end };
}

/** The same file with columns called as `names` says; the rest of it is not touched. */
export function renameColumns(text: string, names: ReadonlyMap<string, string>): string {
  const source = text.replace(/^\uFEFF/, "");
  const { separator, rows } = readCsv(source, 1);
  const header = rows[0] ?? [];
  const rest = source.slice(headerEnd(source));
  const write = (name: string) => (/["\r\n,;\t]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
  return header.map((name) => write(names.get(name) ?? name)).join(separator) + rest;
}

function headerEnd(source: string): number {
  let isQuoted = false;
  for (let at = 0; at < source.length; at++) {
    if (source[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (source[at] === "\n" || source[at] === "\r")) return at;
  }
  return source.length;
}
