import type { Manifest } from "#contract/manifest/manifest";
import { findAbsent } from "../declared.ts";
import type { Report } from "./report.ts";
import { itemsAt, nodeAt } from "./yaml-node.ts";
import type { MapNode } from "./yaml-node.ts";

/** Says at push what every start will be refused for; the worker is stored all the same, for a server that has it. */
export function checkAbsent(manifest: Manifest, root: MapNode, report: Report): void {
  for (const { key, what } of findAbsent(manifest)) {
    if (key === "exec.runner") continue;
    report.warning(root.entries.get(key)?.key ?? nodeAt(root, "capabilities", key) ?? root, {
      code: "not_available",
      message: `This server does not have ${what}: runs of this worker are refused.`,
      fix: `Take ${key} out to run it here.`,
    });
  }
  checkAppEvents(manifest, root, report);
}

/** A trigger that nothing will ever pull: the worker runs all the same when somebody else starts it. */
function checkAppEvents(manifest: Manifest, root: MapNode, report: Report): void {
  for (const [index, trigger] of manifest.triggers.entries()) {
    if (trigger.type !== "composio") continue;
    const place = itemsAt(root, "triggers")[index] ?? nodeAt(root, "trigger") ?? root;
    report.warning(place, {
      code: "not_available",
      message: `This server does not have app events: ${trigger.composio?.event ?? "this trigger"} will start no run.`,
      fix: "Use a webhook or a schedule to have it started here.",
    });
  }
}
