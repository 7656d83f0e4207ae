import { runsOnEdge } from "#contract/worker-mode";
import type { Manifest, ManifestFinding } from "#contract/manifest/manifest";
import { AppError } from "../platform/app-error.ts";
import { asksPeople } from "./bundle/asks-people.ts";
import type { BundleFile } from "./bundle/bundle-file.ts";
import type { ParsedManifest } from "./parse-manifest.ts";

/** What a workspace decides for workers that leave it open. */
interface Defaults {
  default_timeout_seconds: number | null;
  approval_default: "always" | "never" | null;
}

/** A manifest with what its workspace decides for it. */
interface Decided {
  manifest: Manifest;
  /** Whether the workspace holds it: a new version of it has to ask. */
  isHeld: boolean;
  /** What its maker should know. */
  findings: ManifestFinding[];
}

/** Fills in what worker.yml leaves open and the workspace decides; what worker.yml says is left as it is. Pure. */
export function withWorkspaceDefaults(
  manifest: Manifest,
  unsaid: ParsedManifest["unsaid"],
  { default_timeout_seconds: seconds, approval_default: approval }: Defaults,
): Decided {
  const isTimed = unsaid.timeout && seconds !== null;
  // What only reads has nothing that anybody could approve.
  const acts = manifest.exec.mode !== "query";
  const isHeld = acts && unsaid.approval && approval === "always" && !manifest.approvals.required;
  return {
    manifest: {
      ...manifest,
      limits: { ...manifest.limits, ...(isTimed ? { timeout_seconds: seconds } : {}) },
      approvals: { ...manifest.approvals, ...(isHeld ? { required: true } : {}) },
    },
    isHeld,
    findings: isHeld ? [heldByWorkspace] : [],
  };
}

/**
 * Throws `invalid_manifest` for code that never asks, where the workspace holds its worker: it would act in the run that
 * is to propose, before anybody could approve. An agent has no code that could, and
 * the calls of declared HTTP tools and of pipelines wait one by one.
 */
export async function requireAsking(
  { exec }: Pick<Manifest, "exec">,
  files: readonly BundleFile[],
): Promise<void> {
  const hasCode = !runsOnEdge(exec.mode) && exec.mode !== "query";
  if (hasCode && !(await asksPeople(files))) throw neverAsks();
}

const place = { pointer: "/approvals/required", line: 1, column: 1 };
const fix =
  "Ask with floom.approve() before anything is done that cannot be taken back, or write approvals.required: false.";

function neverAsks(): AppError {
  const detail =
    "This workspace holds every worker that does not say otherwise (approval_default: always), and the code of this one never asks: it would act before anybody could approve.";
  const errors = [{ ...place, code: "never_asks", detail, fix, file: "worker.yml" }];
  return new AppError("invalid_manifest", detail, { errors });
}

const heldByWorkspace: ManifestFinding = {
  severity: "warning",
  code: "held_by_workspace",
  ...place,
  message:
    "This workspace holds every worker that does not say otherwise (approval_default: always): each run proposes first, and acts only when somebody has approved. What the code does before it asks is done in the first run, approved or not.",
  fix,
};
