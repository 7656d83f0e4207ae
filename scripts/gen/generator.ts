/** One generated file of the docs; `npm run gen` writes it, `npm run check` compares it. */
export interface Generator {
  /** Path below the checkout. */
  file: string;
  render: () => Promise<string>;
}

/** What every generated page begins with, so that nobody edits it by hand. */
export function generatedNote(source: string): string {
  return `<!-- Generated from ${source} by \`npm run gen\`. Change that, not this. -->`;
}

/** The head of a generated page. */
export function openPage(title: string, source: string): string {
  return `${generatedNote(source)}\n\n# ${title}\n`;
}

/** A Markdown table; line breaks and bars inside cells are made harmless. */
export function buildTable(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map(escapeCell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}

/** Text as inline code; nothing stays nothing. */
export function code(text: string | undefined): string {
  return text === undefined || text === "" ? "" : `\`${text}\``;
}
