import type { Host, Sink } from "../host.ts";
import { openLiveLine } from "./live-line.ts";
import type { LiveLine } from "./live-line.ts";
import { forTerminal, jsonForTerminal, jsonTextForTerminal } from "./safe-text.ts";
import { isLively, openStyle } from "./style.ts";
import type { Style } from "./style.ts";
import { renderPairs, renderTable } from "./table.ts";

/**
 * How commands speak, and the only way in which they do: whatever they say may hold text of a script, a manifest or a
 * server, so all of it is made safe for a terminal here, whether somebody thought of it or not. Results go to standard
 * output, everything said along the way to standard error.
 */
export interface Output {
  /** Colours for standard output. */
  style: Style;
  /** Colours for standard error. */
  noteStyle: Style;
  /** A line of the result. */
  line: (text?: string) => void;
  /** A line said along the way. */
  note: (text: string) => void;
  /** Running text as it is, without a line's end of its own. */
  text: (text: string) => void;
  table: (head: readonly string[], rows: readonly (readonly string[])[]) => void;
  pairs: (pairs: readonly (readonly [string, string])[]) => void;
  /** A JSON document as the whole result. */
  document: (value: unknown) => void;
  /** A JSON document on a line of its own, one of many. */
  documentLine: (value: unknown) => void;
  /** A JSON document that is there as text, exactly as it is written. */
  documentText: (text: string) => void;
  /** A JSON document about what went wrong. */
  noteDocument: (value: unknown) => void;
  /** The bytes of a file, as they are; not for a terminal. */
  bytes: (chunk: Uint8Array) => Promise<void>;
  /** Asks the person at the terminal; answers what they typed. */
  ask: (question: string) => Promise<string>;
  /** Asks for what nobody is to see on the screen. */
  askHidden: (question: string) => Promise<string>;
  liveLine: () => LiveLine;
}

/** Opens the output of one call. */
export function openOutput({ env, stdout, stderr, stdin }: Host): Output {
  const style = openStyle(env, stdout);
  const writeLine = (sink: Sink, text: string): void => sink.write(`${forTerminal(text)}\n`);
  const writeLines = (lines: readonly string[]): void => {
    if (lines.length > 0) writeLine(stdout, lines.join("\n"));
  };
  return {
    style,
    noteStyle: openStyle(env, stderr),
    line: (text = "") => writeLine(stdout, text),
    note: (text) => writeLine(stderr, text),
    text: (text) => stdout.write(forTerminal(text)),
    table: (head, rows) =>
      writeLines(
        renderTable(
          head.map((cell) => style.dim(cell)),
          rows,
        ),
      ),
    pairs: (pairs) => writeLines(renderPairs(pairs.map(([name, value]) => [style.dim(name), value]))),
    document: (value) => stdout.write(`${jsonForTerminal(value, 2)}\n`),
    documentLine: (value) => stdout.write(`${jsonForTerminal(value)}\n`),
    documentText: (text) => stdout.write(`${jsonTextForTerminal(text)}\n`),
    noteDocument: (value) => stderr.write(`${jsonForTerminal(value, 2)}\n`),
    bytes: stdout.writeBytes,
    ask: async (question) => stdin.ask(forTerminal(question)),
    askHidden: async (question) => stdin.askHidden(forTerminal(question)),
    liveLine: () => openLiveLine(stderr, isLively(env, stderr)),
  };
}
