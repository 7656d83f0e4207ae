/** The files that decide over runs, builds, turns, times, signatures, approvals and what is kept; all of them pure. */
export const mutatedFiles: readonly string[] = [
  "worker/runs/lifecycle/lifecycle.ts",
  "worker/runs/lifecycle/next-wake.ts",
  "worker/runs/lifecycle/patience.ts",
  "worker/runs/lifecycle/retry.ts",
  "worker/runs/lifecycle/backoff.ts",
  "worker/dependencies/build-lifecycle.ts",
  "worker/retention/plan-look.ts",
  "worker/queue/admission.ts",
  "worker/schedules/next-fire.ts",
  "worker/schedules/plan-occurrences.ts",
  "worker/hooks/verify-signature.ts",
  "worker/runs/lifecycle/hold.ts",
  "worker/runs/spec/two-phase.ts",
];
