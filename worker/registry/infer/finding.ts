import type { Place } from "../python/python-text.ts";

/** Why a function cannot be an action as it is written, or what to know of it. Line and column count from 1. */
export interface TypingFinding extends Place {
  severity: "error" | "warning";
  /** A stable name of the rule. */
  code: string;
  file: string;
  /** The function it is about; null for the file. */
  action: string | null;
  message: string;
  fix: string;
}

/** What a rule says; where it is said is known to its reporter. */
export type Said = Pick<TypingFinding, "code" | "message" | "fix">;
