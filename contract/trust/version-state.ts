import * as z from "zod";

/**
 * What may be done with a version. `quarantined`: it waits for a person, and nothing starts it. `active`: it may run, and
 * may be the one that its worker runs. `retired`, `rejected`: nothing starts it any more.
 */
export const versionStateSchema = z.enum(["quarantined", "active", "retired", "rejected"]);
export type VersionState = z.infer<typeof versionStateSchema>;

export type VersionStep = "promote" | "reject" | "retire";

const steps: Readonly<Record<VersionStep, { from: VersionState; to: VersionState }>> = {
  promote: { from: "quarantined", to: "active" },
  reject: { from: "quarantined", to: "rejected" },
  retire: { from: "active", to: "retired" },
};

/** The state after a step; null where the step does not lead from there. No step leads out of retired and rejected. Pure. */
export function stepFrom(state: VersionState, step: VersionStep): VersionState | null {
  return steps[step].from === state ? steps[step].to : null;
}
