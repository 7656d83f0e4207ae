import type { Manifest } from "#contract/manifest/manifest";
import { findAbsent } from "../declared.ts";
import type { Report } from "./report.ts";
import { isBlank, itemsAt, nodeAt } from "./yaml-node.ts";
import type { MapNode, YamlNode } from "./yaml-node.ts";

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
  if (manifest.exec.mode !== "agent") warnOf(root, AGENT_KEYS, { say: agentOnly, report });
  for (const output of itemsAt(root, "exec", "outputs"))
    warnOf(output, INPUT_KEYS, { say: inputOnly, report });
}

/** What only agents have: a script is handed none of it. */
const AGENT_KEYS = [
  ["model"],
  ["system_prompt"],
  ["exec", "disable_tools"],
  ["limits", "max_tool_iterations"],
  ["limits", "max_output_tokens"],
  ["limits", "max_total_tokens"],
];
const agentOnly = (key: string): Said => ({
  code: "no_effect",
  message: `${key} is for agents, and this worker is a script: it changes nothing.`,
  fix: `Take ${key} out.`,
});

const INPUT_KEYS = [["default"], ["accepts"], ["max_size_mb"]];
const inputOnly = (key: string): Said => ({
  code: "no_effect",
  message: `${key} is for inputs: an output is held to nothing by it.`,
  fix: `Take ${key} out.`,
});

type Said = Parameters<Report["warning"]>[1];

/** Warns of each of these keys that stands in `node`. */
function warnOf(
  node: YamlNode,
  keys: readonly string[][],
  { say, report }: { say: (key: string) => Said; report: Report },
): void {
  for (const path of keys) {
    const found = nodeAt(node, ...path);
    if (found !== undefined && !isBlank(found)) report.warning(found, say(path.join(".")));
  }
}
