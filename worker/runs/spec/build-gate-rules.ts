import { limits } from "#contract/limits";
import type { Manifest } from "#contract/manifest/manifest";
import type { GateRules } from "./gate-rules.ts";

/** How far a version is trusted that does not say: an agent may call other workers, which `calls` names. Null for what makes no calls by itself. */
const DEFAULT_TIERS = { agent: 3, http: 2, script: null, functions: null } as const;

/** What the gate holds the calls of a version's runs to; null for a version that makes none. Pure. */
export function buildGateRules(manifest: Manifest): GateRules | null {
  const { exec, approvals, runtime, escalation_rules: rules = [] } = manifest;
  const tier = DEFAULT_TIERS[exec.mode];
  if (tier === null && manifest.connections.length === 0) return null;
  return {
    trust_tier: runtime?.trust_tier ?? tier ?? 2,
    tainted_trust_tier: null,
    allowed_tools: null,
    escalation_rules: rules,
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
