import type { Manifest } from "#contract/manifest/manifest";
import { checkInputs } from "../check-inputs.ts";
import type { Report } from "./report.ts";
import { nodeAt } from "./yaml-node.ts";
import type { MapNode } from "./yaml-node.ts";

/**
 * Whether a run would take what example_input says; unknown names are judged with the fields. A file stands there by
 * its name, which nobody can judge. It fills forms and nothing else, so what does not fit is a warning.
 */
export function checkExample(manifest: Manifest, root: MapNode, report: Report): void {
  const example = manifest.example_input ?? {};
  for (const field of manifest.exec.inputs) {
    if (field.kind === "file" || !Object.hasOwn(example, field.name)) continue;
    const value = example[field.name] ?? null;
    const [error] = checkInputs([field], { [field.name]: value }).errors;
    if (error === undefined) continue;
    report.warning(nodeAt(root, "example_input", field.name) ?? root, {
      code: "bad_example",
      message: `example_input.${field.name} ${error.detail}: a run would be refused with it.`,
      fix: "Write a value that fits, since people start from it.",
    });
  }
}
