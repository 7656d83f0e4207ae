import { kind, retryable } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of the store. */
export const storeProblems = {
  invalid_key: kind(
    400,
    "This is no key of the store",
    "Use 1 to 512 bytes of UTF-8 without control characters.",
  ),
  store_conflict: kind(
    409,
    "The key is not as you expected it",
    "Read it again, decide again, and write with the version that you read.",
  ),
  not_an_integer: kind(
    409,
    "This value cannot be counted up",
    "Only whole numbers from -2^63 to 2^63-1 can; set the key to one, or delete it.",
  ),
  store_full: kind(
    409,
    "The store holds all that it may hold",
    "Delete keys or rows, or give keys an end with a TTL; the detail names the limit.",
  ),
  store_busy: retryable(
    kind(
      409,
      "The store is just taking over what a run has written",
      "Try again; it lasts as long as that run takes to end.",
    ),
  ),
  sql_refused: kind(
    400,
    "The SQL statement is not carried out",
    "The detail says what is wrong with it; docs/how-to/store.md lists what is allowed.",
  ),
} as const satisfies Record<string, ProblemKind>;
