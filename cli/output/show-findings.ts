import { join } from "node:path";
import type { ManifestFinding } from "#contract/manifest/manifest";
import type { ProblemError } from "#contract/problem";
import type { Output } from "./output.ts";
import { renderFindings, sortFindings } from "./render-findings.ts";
import type { Finding } from "./render-findings.ts";

interface ShownFolder {
  /** As the person named it. */
  dir: string;
  /** Text of its worker.yml. */
  manifest: string;
}

/** Shows findings of the manifest's parser on standard error, each with its line. */
export function showFindings(
  output: Output,
  { dir, manifest }: ShownFolder,
  findings: readonly Finding[],
): void {
  const lines = renderFindings(sortFindings(findings), {
    file: join(dir, "worker.yml"),
    text: manifest,
    style: output.noteStyle,
  });
  for (const line of lines) output.note(line);
}

/** The findings that a refused push carries; errors without a place in worker.yml are not among them. */
export function toFindings(errors: readonly ProblemError[]): Finding[] {
  return errors.flatMap(({ line, column, code, detail, fix }) =>
    line === undefined
      ? []
      : [
          {
            severity: "error" as const,
            code: code ?? "error",
            line,
            column: column ?? 1,
            message: detail,
            fix,
          },
        ],
  );
}

/** How many findings refuse a push. */
export function countErrors(findings: readonly ManifestFinding[]): number {
  return findings.filter(({ severity }) => severity === "error").length;
}
