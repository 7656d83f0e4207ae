import type { Manifest, ManifestFinding } from "#contract/manifest/manifest";
import type { ParsedManifest } from "./parse-manifest.ts";

/** What a workspace decides for workers that leave it open. */
interface Defaults {
  default_timeout_seconds: number | null;
  approval_default: "always" | "never" | null;
}

/**
 * The manifest with what its workspace decides for it, and what its maker should know of that. What worker.yml says is
 * left as it is. Pure.
 */
export function withWorkspaceDefaults(
  manifest: Manifest,
  unsaid: ParsedManifest["unsaid"],
  { default_timeout_seconds: seconds, approval_default: approval }: Defaults,
): { manifest: Manifest; findings: ManifestFinding[] } {
  const isTimed = unsaid.timeout && seconds !== null;
  const isHeld = unsaid.approval && approval === "always" && !manifest.approvals.required;
  return {
    manifest: {
      ...manifest,
      limits: { ...manifest.limits, ...(isTimed ? { timeout_seconds: seconds } : {}) },
      approvals: { ...manifest.approvals, ...(isHeld ? { required: true } : {}) },
    },
    findings: isHeld ? [heldByWorkspace] : [],
  };
}

const heldByWorkspace: ManifestFinding = {
  severity: "warning",
  code: "held_by_workspace",
  pointer: "/approvals/required",
  line: 1,
  column: 1,
  message:
    "This workspace holds every worker that does not say otherwise (approval_default: always): each run proposes first, and acts only when somebody has approved. What the code does before it asks is done in the first run, approved or not.",
  fix: "Ask with floom.approve() before anything is done that cannot be taken back, or write approvals.required: false.",
};
