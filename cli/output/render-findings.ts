import type { Style } from "./style.ts";

/** A finding in a text file, wherever it came from: the manifest's parser or a refusal's list of errors. */
export interface Finding {
  severity: "error" | "warning";
  code: string;
  line: number;
  column: number;
  message: string;
  fix: string | undefined;
}

const TAB_WIDTH = 2;
const LONGEST_EXCERPT = 160;

/**
 * Lines that show findings as a compiler does: `file:line:column`, the rule, the sentence, the line itself with a caret
 * below the place, and the fix.
 */
export function renderFindings(
  findings: readonly Finding[],
  { file, text, style }: { file: string; text: string; style: Style },
): string[] {
  const sourceLines = text.split(/\r?\n/);
  return findings.flatMap((finding) => [
    `${style.bold(`${file}:${finding.line}:${finding.column}`)} ${renderSeverity(finding.severity, style)} ${style.dim(finding.code)}`,
    `  ${finding.message}`,
    ...renderExcerpt(sourceLines[finding.line - 1], finding, style),
    ...(finding.fix === undefined ? [] : [`  ${style.green("fix")} ${finding.fix}`]),
    "",
  ]);
}

/** The order to show findings in: errors before warnings, each from the top of the file to its end. */
export function sortFindings<F extends Finding>(findings: readonly F[]): F[] {
  const rank = { error: 0, warning: 1 };
  return findings.toSorted(
    (a, b) => rank[a.severity] - rank[b.severity] || a.line - b.line || a.column - b.column,
  );
}

function renderSeverity(severity: Finding["severity"], style: Style): string {
  return severity === "error" ? style.red("error") : style.yellow("warning");
}

function renderExcerpt(source: string | undefined, { line, column }: Finding, style: Style): string[] {
  if (source === undefined || source.trim() === "") return [];
  const expand = (part: string): string => part.replaceAll("\t", " ".repeat(TAB_WIDTH));
  const before = expand(source.slice(0, column - 1));
  if (before.length > LONGEST_EXCERPT) return [];
  const number = String(line).padStart(4);
  const gutter = " ".repeat(number.length);
  return [
    `${style.dim(`${number} |`)} ${expand(source).slice(0, LONGEST_EXCERPT)}`,
    `${style.dim(`${gutter} |`)} ${" ".repeat(before.length)}${style.red("^")}`,
  ];
}
