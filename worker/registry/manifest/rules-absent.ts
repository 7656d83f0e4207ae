import type { Manifest } from "#contract/manifest/manifest";
import { findAbsent } from "../declared.ts";
import type { Report } from "./report.ts";
import { nodeAt } from "./yaml-node.ts";
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
}
