import type { Field, Manifest } from "#contract/manifest/manifest";
import { canHold } from "../inputs/file-content.ts";
import type { Report } from "./report.ts";
import { itemsAt, nodeAt } from "./yaml-node.ts";
import type { MapNode } from "./yaml-node.ts";

/** Tells of rules for the inside of files that no value of the field can be held to: nothing is ignored in silence. */
export function checkFileRules(manifest: Manifest, root: MapNode, report: Report): void {
  for (const list of ["inputs", "outputs"] as const)
    manifest.exec[list].forEach((field, index) => {
      for (const rule of ["columns", "json_required_keys"] as const) {
        const place = nodeAt(itemsAt(root, "exec", list)[index], rule);
        const isAsked = place !== undefined && (field[rule] ?? []).length > 0;
        const why = isAsked ? whyUnchecked(field, rule) : null;
        if (place === undefined || why === null) continue;
        report.warning(place, {
          code: "rule_not_checked",
          message: `${rule} of ${field.name} is not checked: ${why}.`,
          fix: `Remove ${rule}.`,
        });
      }
    });
  const isAsked = (manifest.csv_required_columns ?? []).length > 0;
  if (!isAsked || manifest.exec.inputs.some((field) => field.accept_csv)) return;
  report.warning(nodeAt(root, "csv_required_columns") ?? root, {
    code: "rule_not_checked",
    message: "csv_required_columns is not checked: no file input says accept_csv: true.",
    fix: "Add accept_csv: true to the input that is the table, or give it columns.",
  });
}

function whyUnchecked(field: Field, rule: "columns" | "json_required_keys"): string | null {
  if (field.kind === "file") {
    const what = rule === "columns" ? "CSV" : "JSON";
    return canHold(field, rule) ? null : `none of the types that it accepts is ${what}`;
  }
  return rule === "columns" ? "only a file has columns" : null;
}
