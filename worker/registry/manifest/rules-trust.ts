import { runLimits } from "#contract/runs/limits";
import { readDuration, readTier, trustKeys } from "#contract/manifest/trust-keys";
import { tierRights } from "#contract/trust/tiers";
import type { TrustTier } from "#contract/trust/tiers";
import type { Report } from "./report.ts";
import { isBlank, itemsAt, nodeAt, textAt, toJson } from "./yaml-node.ts";
import type { MapNode } from "./yaml-node.ts";

const tierKeys = trustKeys.runtime.unwrap().shape;

/** What a tier stands for and the rest of worker.yml says must agree; what has no effect is named. */
export function checkTrust(root: MapNode, report: Report): void {
  checkRuntime(root, report);
  const tier = tierAt(root, "trust_tier");
  if (tier === null) return;
  checkTainted(root, tier, report);
  checkCalls(root, tier, report);
  checkSize(root, tier, report);
  if (tier === 1) checkObserver(root, report);
}

/** The tier that stands there; null where none does, or what stands there is none. */
function tierAt(root: MapNode, key: "trust_tier" | "tainted_trust_tier"): TrustTier | null {
  const node = nodeAt(root, "runtime", key);
  if (node === undefined || isBlank(node)) return null;
  const read = tierKeys[key].safeParse(toJson(node));
  return read.success && read.data !== undefined ? readTier(read.data) : null;
}

function checkRuntime(root: MapNode, report: Report): void {
  const sandbox = nodeAt(root, "runtime", "sandbox");
  if (sandbox !== undefined && !isBlank(sandbox)) {
    report.warning(sandbox, {
      code: "no_effect",
      message: "runtime.sandbox changes nothing: every script runs in a sandbox of its own.",
      fix: "Take runtime.sandbox out.",
    });
  }
  const time = nodeAt(root, "runtime", "max_execution_time");
  const text = textAt(time);
  if (time === undefined || text === undefined) return;
  if (!isBlank(nodeAt(root, "limits", "timeout_seconds"))) {
    report.error(time, {
      code: "contradiction",
      message: "runtime.max_execution_time and limits.timeout_seconds say the same thing twice.",
      fix: "Keep limits.timeout_seconds.",
    });
  }
  const most = runLimits.run_timeout_seconds.value;
  if (/^\d{1,6}[sm]$/.test(text) && readDuration(text) > most) {
    report.error(time, {
      code: "bad_value",
      message: `runtime.max_execution_time is ${text}; a run may take ${most} seconds at most.`,
      fix: `Write at most "${most}s".`,
    });
  }
}

function checkTainted(root: MapNode, tier: TrustTier, report: Report): void {
  const tainted = tierAt(root, "tainted_trust_tier");
  if (tainted === null || tainted <= tier) return;
  report.error(nodeAt(root, "runtime", "tainted_trust_tier") ?? root, {
    code: "contradiction",
    message: `tainted_trust_tier ${tainted} is more than trust_tier ${tier}: what comes from outside makes nobody trusted further.`,
    fix: `Write at most ${tier}.`,
  });
}

function checkCalls(root: MapNode, tier: TrustTier, report: Report): void {
  const [first] = itemsAt(root, "calls");
  if (first === undefined || tierRights[tier]?.effects.includes("invoke") === true) return;
  report.error(first, forbids(tier, "calls other workers", "Write trust_tier: 3, or take calls out."));
}

/** An observer changes nothing, so it writes no context and has nothing to be approved. */
function checkObserver(root: MapNode, report: Report): void {
  for (const context of itemsAt(root, "contexts")) {
    const writeable = nodeAt(context, "writeable");
    if (writeable?.kind === "scalar" && writeable.value === true)
      report.error(writeable, forbids(1, "writes a context", "Write trust_tier: 2, or take writeable out."));
  }
  const asks = nodeAt(root, "approvals", "required");
  if (asks?.kind === "scalar" && asks.value === true) {
    const fix = "Write trust_tier: 2, or take approvals out.";
    report.error(asks, forbids(1, "asks for approval of what it does", fix));
  }
}

/** A sandbox may be as large as the tier allows. */
function checkSize(root: MapNode, tier: TrustTier, report: Report): void {
  const most = tierRights[tier]?.sandbox;
  for (const key of ["memory_mb", "cpu_count"] as const) {
    const found = nodeAt(root, "exec", "resources", key);
    const wanted = found === undefined ? null : toJson(found);
    if (found === undefined || most === undefined || typeof wanted !== "number" || wanted <= most[key])
      continue;
    report.error(
      found,
      forbids(tier, `wants ${key}: ${wanted}`, `Write at most ${most[key]}, or a higher trust_tier.`),
    );
  }
}

function forbids(tier: TrustTier, what: string, fix: string) {
  const name = tierRights[tier]?.name ?? "unknown";
  return { code: "tier_forbids", message: `The worker ${what}, and tier ${tier} (${name}) may not.`, fix };
}
