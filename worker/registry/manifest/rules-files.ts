import type { Field, Manifest } from "#contract/manifest/manifest";
import { canHold } from "../inputs/file-content.ts";
import type { Report } from "./report.ts";
import { itemsAt, nodeAt } from "./yaml-node.ts";
import type { MapNode, YamlNode } from "./yaml-node.ts";

/** Tells of rules for the inside of files that no value of the field can be held to: nothing is ignored in silence. */
export function checkFileRules(manifest: Manifest, root: MapNode, report: Report): void {
  for (const list of ["inputs", "outputs"] as const) {
    for (const [index, field] of manifest.exec[list].entries())
      checkField(field, { list, written: itemsAt(root, "exec", list)[index] }, report);
  }
  const isAsked = (manifest.csv_required_columns ?? []).length > 0;
  if (!isAsked || manifest.exec.inputs.some((field) => field.accept_csv)) return;
  report.warning(nodeAt(root, "csv_required_columns") ?? root, {
    code: "rule_not_checked",
    message: "csv_required_columns is not checked: no file input says accept_csv: true.",
    fix: "Add accept_csv: true to the input that is the table, or give it columns.",
  });
}

interface Where {
  list: "inputs" | "outputs";
  written: YamlNode | undefined;
}

function checkField(field: Field, { list, written }: Where, report: Report): void {
  for (const rule of ["columns", "json_required_keys"] as const) {
    const place = nodeAt(written, rule);
    if (place === undefined || (field[rule] ?? []).length === 0) continue;
    const why = whyUnchecked(field, { list, rule });
    if (why === null) continue;
    report.warning(place, {
      code: "rule_not_checked",
      message: `${rule} of ${field.name} is not checked: ${why}.`,
      fix: `Remove ${rule}.`,
    });
  }
}

type Rule = "columns" | "json_required_keys";

/** An output's file is held to what it declares, whatever it is called. */
function whyUnchecked(field: Field, { list, rule }: { list: Where["list"]; rule: Rule }): string | null {
  if (field.kind !== "file") return rule === "columns" ? "only a file has columns" : null;
  if (list === "outputs" || canHold(field, rule)) return null;
  return `none of the types that it accepts is ${rule === "columns" ? "CSV" : "JSON"}`;
}
