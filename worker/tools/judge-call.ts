import type { Json } from "#contract/json";
import { tierRights } from "#contract/trust/tiers";
import type { TrustTier } from "#contract/trust/tiers";
import type { GateRules } from "../runs/spec/gate-rules.ts";
import type { ToolDefinition } from "./gate-api.ts";
import { findEscalation } from "./match-rule.ts";

/** What a call is judged by. */
export interface CallCase {
  /** The tool by the name that was asked for; null where nothing is offered under it. */
  tool: ToolDefinition | null;
  arguments: Readonly<Record<string, Json>>;
  /** What is wrong with the arguments by the tool's schema; null where nothing is. */
  fault: string | null;
  rules: GateRules;
  /** The run has taken in what comes from outside. */
  isTainted: boolean;
}

/** `ask`: a person has to approve it. `deny`: it is not made. */
export type CallVerdict =
  | { kind: "go" }
  | { kind: "ask"; rule: string | null; reason: string }
  | {
      kind: "deny";
      code: "tool_unknown" | "arguments_invalid" | "tier_forbids";
      message: string;
      forbidden: string | null;
    };

/**
 * The gate's judgement of one call, in its order: allowed, well formed, trusted, and whether a person is asked. Whether it came
 * too often hangs on other calls: what is not denied here is counted before it goes on. Pure.
 */
export function judgeCall(call: CallCase): CallVerdict {
  const { tool, rules, fault } = call;
  if (tool === null || !isAllowed(rules, tool)) return deny("tool_unknown", "There is no such tool here.");
  if (fault !== null) return deny("arguments_invalid", fault);
  const tier = tierOf(call);
  const forbidden = findForbidden(tool, tier);
  if (forbidden !== null)
    return deny("tier_forbids", explainTier(tool, { tier, forbidden, call }), forbidden);
  const rule = findEscalation(rules.escalation_rules, tool, call.arguments);
  if (rule !== null)
    return { kind: "ask", rule: rule.name, reason: rule.reason || `The rule ${rule.name} asks a person.` };
  if (tool.approval === "always")
    return { kind: "ask", rule: null, reason: "This tool asks a person each time." };
  if (tier !== undefined && tierRights[tier]?.asks === true && tool.effect !== "read") {
    return {
      kind: "ask",
      rule: null,
      reason: "A worker of tier 4 asks a person before whatever is no reading.",
    };
  }
  return { kind: "go" };
}

function deny(
  code: (CallVerdict & { kind: "deny" })["code"],
  message: string,
  forbidden: string | null = null,
): CallVerdict {
  return { kind: "deny", code, message, forbidden };
}

function isAllowed({ allowed_tools: allowed }: GateRules, { name }: ToolDefinition): boolean {
  return allowed === null || allowed.includes(name);
}

/** A run that has taken in what comes from outside is trusted no further than its version says for that. */
function tierOf({ rules, isTainted }: CallCase): TrustTier {
  const { trust_tier: tier, tainted_trust_tier: tainted } = rules;
  return isTainted && tainted !== null ? Math.min(tier, tainted) : tier;
}

/** What a tier keeps a tool from: a method, or an effect; null where it keeps it from nothing. */
function findForbidden({ method, effect }: ToolDefinition, tier: TrustTier): string | null {
  const rights = tierRights[tier];
  if (rights === undefined) return effect;
  if (method !== null && !rights.methods.includes(method.toUpperCase())) return method.toUpperCase();
  return rights.effects.includes(effect) ? null : effect;
}

function explainTier(
  { name }: ToolDefinition,
  { tier, forbidden, call }: { tier: TrustTier; forbidden: string; call: CallCase },
): string {
  const rights = tierRights[tier];
  const since =
    tier < call.rules.trust_tier ? ", as this one is since it has read what comes from outside" : "";
  const may =
    rights === undefined ? "nothing" : `${rights.methods.join(", ")} and ${rights.effects.join(", ")}`;
  return `${name} is not called: it is ${forbidden}, and a worker of tier ${tier} (${rights?.name ?? "unknown"})${since} may ${may}.`;
}
