import type { ManifestFinding } from "#contract/manifest";
import type { Place } from "./yaml-node.ts";

/** What a rule says of one place: a stable code, what is wrong, what to write instead. */
export interface Finding {
  code: string;
  message: string;
  fix: string;
}

/** Collects findings, so that an author sees all of them at once. */
export interface Report {
  error(place: Place, finding: Finding): void;
  warning(place: Place, finding: Finding): void;
  /** All findings in the order of the file. */
  list(): ManifestFinding[];
  hasErrors(): boolean;
}

export function createReport(): Report {
  const findings: ManifestFinding[] = [];
  const add = (severity: ManifestFinding["severity"], place: Place, finding: Finding): void => {
    const { pointer, line, column } = place;
    const isKnown = findings.some(
      (f) => f.code === finding.code && f.pointer === pointer && f.message === finding.message,
    );
    if (!isKnown) findings.push({ severity, ...finding, pointer, line, column });
  };
  return {
    error: (place, finding) => add("error", place, finding),
    warning: (place, finding) => add("warning", place, finding),
    list: () => findings.toSorted((a, b) => a.line - b.line || a.column - b.column),
    hasErrors: () => findings.some((finding) => finding.severity === "error"),
  };
}
