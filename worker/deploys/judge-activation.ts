import type { Manifest } from "#contract/manifest/manifest";
import type { ActivationGuard } from "#contract/versions/version";

/** A guard that stands in the way of an activation, and why. */
export interface StandingGuard {
  guard: ActivationGuard;
  detail: string;
}

/** What activating `target` over `current` would undo (floom.md section 6.4). Pure. */
export function judgeActivation(current: Manifest, target: Manifest): StandingGuard[] {
  const guards: StandingGuard[] = [];
  if (current.approvals.required && !target.approvals.required) {
    guards.push({
      guard: "drops_approvals",
      detail: "The active version asks for approval, this one does not.",
    });
  }
  const enabled = [
    ...(current.paused && !target.paused ? ["paused"] : []),
    ...(current.archived && !target.archived ? ["archived"] : []),
  ];
  if (enabled.length > 0) {
    guards.push({
      guard: "re_enables",
      detail: `The active version is ${enabled.join(" and ")}; this one would switch the worker back on.`,
    });
  }
  return guards;
}
