import type { Host } from "../host.ts";
import { openLiveLine, type LiveLine } from "./live-line.ts";
import { isLively, openStyle, type Style } from "./style.ts";
import { renderPairs, renderTable } from "./table.ts";

/** How commands speak. Results go to standard output, everything said along the way to standard error. */
export interface Output {
  /** Colours for standard output. */
  style: Style;
  /** Colours for standard error. */
  noteStyle: Style;
  /** A line of the result. */
  line: (text?: string) => void;
  /** A line said along the way. */
  note: (text: string) => void;
  table: (head: readonly string[], rows: readonly (readonly string[])[]) => void;
  pairs: (pairs: readonly (readonly [string, string])[]) => void;
  /** A document as the whole result. */
  document: (value: unknown) => void;
  liveLine: () => LiveLine;
}

/** Opens the output of one call. */
export function openOutput({ env, stdout, stderr }: Host): Output {
  const style = openStyle(env, stdout);
  const writeLines = (lines: string[]): void => stdout.write(lines.map((line) => `${line}\n`).join(""));
  return {
    style,
    noteStyle: openStyle(env, stderr),
    line: (text = "") => stdout.write(`${text}\n`),
    note: (text) => stderr.write(`${text}\n`),
    table: (head, rows) =>
      writeLines(
        renderTable(
          head.map((cell) => style.dim(cell)),
          rows,
        ),
      ),
    pairs: (pairs) => writeLines(renderPairs(pairs.map(([name, value]) => [style.dim(name), value]))),
    document: (value) => stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    liveLine: () => openLiveLine(stderr, isLively(env, stderr)),
  };
}
