// Words that a command's help lists, too: without zod, so that help stays quick.

/** What a run can be, in the order in which it becomes it. */
export const runStatuses = [
  "queued",
  "running",
  "pending_approval",
  "completed",
  "failed",
  "cancelled",
] as const;

/** Where a run can stand in its worker's queue. */
export const priorities = ["low", "normal", "high"] as const;

/** Whose turn it is when a run did not complete. */
export const failureKinds = ["worker", "limit", "policy", "cancelled", "platform"] as const;
