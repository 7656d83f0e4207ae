import type { Principal } from "#contract/access/access";
import type { Manifest } from "#contract/manifest/manifest";
import { isAgent } from "../../access/principal.ts";
import type { StoredSettings } from "../../catalog/workspace-settings.ts";
import { AppError } from "../../platform/app-error.ts";
import { whyOutlivesSandbox } from "../../registry/sandbox-life.ts";

/** Whether the workspace has what somebody pushes reviewed by a person first. Pure. */
export function isSentToReview(of: StoredSettings["quarantine_pushes_of"], principal: Principal): boolean {
  return of === "all" || (of === "agents" && isAgent(principal));
}

/** Throws `invalid_manifest` for a time limit that no sandbox of the provider's plan lives up to. */
export function assertSandboxLives({ limits: { timeout_seconds } }: Manifest, lifeSeconds: number): void {
  const detail = whyOutlivesSandbox(timeout_seconds, lifeSeconds);
  if (detail === null) return;
  const errors = [{ pointer: "/limits/timeout_seconds", code: "out_of_range", detail, file: "worker.yml" }];
  throw new AppError("invalid_manifest", detail, { errors });
}
