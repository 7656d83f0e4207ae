import { runsOnEdge } from "#contract/worker-mode";
import { limits } from "#contract/limits";
import type { Manifest } from "#contract/manifest/manifest";
import type { GateRules } from "./gate-rules.ts";
import { trustOf } from "./trust-facts.ts";

const EVERY_CALL = { name: "approvals", reason: "It asks before each run that it starts.", tool: "*" };

/** What the gate holds the calls of a version's runs to; null for a version that makes none. Pure. */
export function buildGateRules(manifest: Manifest): GateRules | null {
  const { approvals, connections, escalation_rules: rules = [] } = manifest;
  const trust = trustOf(manifest);
  // A script has calls of its own only where it declares connections.
  const isCaller = runsOnEdge(manifest.exec.mode) || connections.length > 0;
  if (!isCaller) return null;
  // What a pipeline or a council does is start runs: who wants to approve that is asked before each.
  const asksForAll = ["pipeline", "council"].includes(manifest.exec.mode) && approvals.required;
  return {
    trust_tier: trust?.tier ?? 2,
    tainted_trust_tier: trust?.tainted_tier ?? null,
    allowed_tools: null,
    escalation_rules: asksForAll ? [EVERY_CALL] : rules,
    asking: {
      label: approvals.label,
      expires_ms: (approvals.expires_in_seconds ?? limits.approval_seconds.value) * 1000,
      on_expiry: approvals.on_expiry ?? "reject",
      not_by_requester: approvals.not_by_requester ?? false,
      approvers_needed: approvals.approvers_needed ?? 1,
      ...(approvals.decide_in_client === true ? { decide_in_client: true } : {}),
    },
  };
}
