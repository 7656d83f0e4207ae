import type { ManifestFinding } from "#contract/manifest/manifest";
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

/** More than anybody reads; a file made to have more of them must not cost more. */
const MAX_FINDINGS = 1000;

export function createReport(): Report {
  const findings = new Map<string, ManifestFinding>();
  let hasErrors = false;
  const add = (severity: ManifestFinding["severity"], place: Place, finding: Finding): void => {
    const { pointer, line, column } = place;
    hasErrors ||= severity === "error";
    const id = JSON.stringify([finding.code, pointer, finding.message]);
    if (findings.has(id) || findings.size >= MAX_FINDINGS) return;
    findings.set(id, { severity, ...finding, pointer, line, column });
  };
  return {
    error: (place, finding) => add("error", place, finding),
    warning: (place, finding) => add("warning", place, finding),
    list: () => [...findings.values()].toSorted((a, b) => a.line - b.line || a.column - b.column),
    hasErrors: () => hasErrors,
  };
}
