/** The files that decide over runs, turns, times, signatures and approvals; all of them pure. */
export const mutatedFiles: readonly string[] = [
  "worker/runs/lifecycle.ts",
  "worker/runs/retry.ts",
  "worker/triggers/admission.ts",
  "worker/triggers/next-fire.ts",
  "worker/triggers/plan-occurrences.ts",
  "worker/triggers/verify-signature.ts",
  "worker/runs/hold.ts",
  "worker/runs/two-phase.ts",
];
