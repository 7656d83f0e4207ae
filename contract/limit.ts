/** The unit a limit is counted in; it is shown behind the number. */
export type LimitUnit =
  | "bytes"
  | "files"
  | "characters"
  | "seconds"
  | "milliseconds"
  | "days"
  | "runs"
  | "items"
  | "attempts"
  | "calls"
  | "times"
  | "dollars";

/** One number a user can meet. */
export interface Limit {
  value: number;
  unit: LimitUnit;
  /** What is limited, as a phrase that reads after "The limit for". */
  what: string;
}

export const KIB = 1024;
export const MIB = 1024 * KIB;
