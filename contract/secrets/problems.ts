import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of a workspace's secrets. */
export const secretProblems = {
  invalid_secret: kind(
    400,
    "The secret cannot be kept like this",
    "Each entry of errors says what is wrong; values are never repeated in an answer.",
  ),
  too_many_secrets: kind(
    409,
    "The workspace has all the secrets it may have",
    "Delete one that no worker uses.",
  ),
  workspace_key_opens: kind(
    409,
    "The workspace's secrets open",
    "Nothing: no key is given up that still opens something.",
  ),
  no_master_key: kind(
    503,
    "This server has no master key",
    "Whoever runs it sets FLOOM_MASTER_KEYS; the local start makes one.",
  ),
  master_key_missing: kind(
    503,
    "The key of this workspace's secrets does not open",
    "Whoever runs the server puts the master key back under which it was sealed.",
  ),
} as const satisfies Record<string, ProblemKind>;
