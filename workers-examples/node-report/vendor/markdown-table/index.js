const escapeCell = (value) => String(value).replaceAll("|", "\\|");
const writeRow = (cells) => `| ${cells.map(escapeCell).join(" | ")} |`;

/** A Markdown table of `rows` (arrays of cells) below a line of `headings`. */
export function markdownTable(headings, rows) {
  const rule = headings.map(() => "---");
  return [headings, rule, ...rows].map(writeRow).join("\n");
}
