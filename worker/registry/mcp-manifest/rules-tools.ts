import type { Manifest } from "#contract/manifest/manifest";
import type { Finding, Report } from "../manifest/report.ts";
import { nodeAt } from "../manifest/yaml-node.ts";
import type { MapNode } from "../manifest/yaml-node.ts";
import { findAction, hasNamedActions } from "../actions/find-action.ts";

/** Names of tools are given to actions that there are, and each to one. */
export function checkToolNames(manifest: Manifest, root: MapNode, report: Report): void {
  // Its functions are told of by themselves; what they would have been is not known.
  if (hasNamedActions(manifest.exec) && (manifest.actions ?? []).length === 0) return;
  const holders = new Map<string, string>();
  for (const [action, tool] of Object.entries(manifest.mcp?.actions ?? {})) {
    const fault = judgeName(manifest, { action, tool, holder: holders.get(tool) });
    if (fault !== null) report.error(nodeAt(root, "mcp", "actions", action) ?? root, fault);
    holders.set(tool, action);
  }
}

interface GivenName {
  action: string;
  tool: string;
  /** The action that has the name already. */
  holder: string | undefined;
}

function judgeName(manifest: Manifest, { action, tool, holder }: GivenName): Finding | null {
  const found = findAction(manifest, action);
  if (!found.ok) {
    const fix = "Name one of its actions, or take the line out.";
    return { code: "bad_tool_action", message: found.detail, fix };
  }
  if (holder === undefined) return null;
  const message = `${holder} and ${action} are both to be called ${tool}.`;
  return { code: "duplicate_tool_name", message, fix: "Give each action a name of its own." };
}
