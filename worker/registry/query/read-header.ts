/** The cells of the first record of a text of delimited cells, without blanks around them; null for an empty text. Pure. */
export function readHeader(text: string, delimiter: string): string[] | null {
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') cell += text[++at] ?? "";
      else isQuoted = false;
    } else if (char === '"' && cell === "") isQuoted = true;
    else if (char === delimiter) {
      cells.push(cell.trim());
      cell = "";
    } else if (char === "\n" || char === "\r") return [...cells, cell.trim()];
    else cell += char;
  }
  return cells.length === 0 && cell === "" ? null : [...cells, cell.trim()];
}
