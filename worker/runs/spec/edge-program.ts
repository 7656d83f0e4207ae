import type { RunSpec } from "./run-spec.ts";

/** What the edge carries out by itself. */
export type EdgeProgramKind = "agent" | "http" | "pipeline" | "council";

/** What the edge carries out by itself of a run; null for one that needs a sandbox. Pure. */
export function edgeProgramOf(
  spec: Pick<RunSpec, "agent" | "http" | "pipeline" | "council">,
): EdgeProgramKind | null {
  if (spec.agent !== null) return "agent";
  if (spec.http !== null) return "http";
  if (spec.pipeline !== null) return "pipeline";
  return spec.council === null ? null : "council";
}
