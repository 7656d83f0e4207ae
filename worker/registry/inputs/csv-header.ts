const DELIMITERS = [",", ";", "\t", "|"];
const QUOTE = '"';

/**
 * The columns among `wanted` that the first row of a CSV file lacks, whichever of the usual delimiters it has. `head` is
 * the file's beginning: UTF-8, or UTF-16 that says so by its mark. `header` is the row as it stands, cut to be shown.
 * Pure.
 */
export function findMissingColumns(
  head: Uint8Array,
  wanted: readonly string[],
): { missing: string[]; header: string } {
  const text = decode(head);
  const rows = DELIMITERS.map((delimiter) => readFirstRow(text, delimiter));
  const missingBy = rows.map((cells) => wanted.filter((column) => !cells.includes(column)));
  const fewest = Math.min(...missingBy.map((missing) => missing.length));
  const missing = missingBy.find((candidate) => candidate.length === fewest) ?? [...wanted];
  const header = text.split(/\r?\n|\r/, 1)[0] ?? "";
  return { missing, header: [...header.trim()].slice(0, 200).join("") };
}

/** A mark at the front says the encoding and is no part of the first column. */
function decode(head: Uint8Array): string {
  const [first, second] = head;
  const utf16 =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : null;
  return new TextDecoder(utf16 ?? "utf-8").decode(head);
}

/** The cells of the first row, without blanks around them; a quoted cell may hold delimiters, quotes and line ends. */
function readFirstRow(text: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quoted) {
      if (char !== QUOTE) cell += char;
      else if (text.charAt(at + 1) === QUOTE) {
        cell += QUOTE;
        at += 1;
      } else quoted = false;
    } else if (char === QUOTE && cell.trim() === "") {
      cell = "";
      quoted = true;
    } else if (char === delimiter) {
      cells.push(cell.trim());
      cell = "";
    } else if (char === "\n" || char === "\r") break;
    else cell += char;
  }
  return [...cells, cell.trim()];
}
