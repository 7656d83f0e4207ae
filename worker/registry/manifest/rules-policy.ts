import { failureCodes } from "#contract/runs/run-failure";
import { whyUnsafePath } from "#contract/safe-path";
import type { Report } from "./report.ts";
import { didYouMean } from "../suggest.ts";
import { itemsAt, mapAt, nodeAt, textAt } from "./yaml-node.ts";
import type { MapNode } from "./yaml-node.ts";

const FEWEST_USE_CASES = 3;

/** Folder in the list, retry codes: values that must name something that exists. */
export function checkPolicy(root: MapNode, report: Report): void {
  const folder = textAt(root, "folder");
  const reason = folder === undefined ? null : whyUnsafePath(folder);
  if (reason !== null) {
    report.error(nodeAt(root, "folder") ?? root, {
      code: "bad_path",
      message: `folder ${reason}.`,
      fix: "Write names with / between them, e.g. finance/reports.",
    });
  }
  checkUseCases(root, report);
  checkApprovals(root, report);
  const codes = ["all", ...Object.keys(failureCodes)];
  const named = [
    ...itemsAt(root, "retry", "on").map((item) => ({ code: textAt(item), place: item })),
    ...[...(mapAt(root, "retry", "on")?.entries ?? [])].map(([code, entry]) => ({ code, place: entry.key })),
  ];
  for (const { code, place } of named) {
    if (code === undefined || codes.includes(code)) continue;
    report.warning(place, {
      code: "unknown_error_code",
      message: `No run fails with the code ${code} here.${didYouMean(code, codes)}`,
      fix: "Use all, or codes of the reference of run failures.",
    });
  }
}

/** A client says one word of one person: what asks for more cannot be left to it. */
function checkApprovals(root: MapNode, report: Report): void {
  const valueOf = (key: string) => {
    const node = nodeAt(root, "approvals", key);
    return node?.kind === "scalar" ? node.value : null;
  };
  const approvers = valueOf("approvers_needed");
  const isMore = valueOf("not_by_requester") === true || (typeof approvers === "number" && approvers > 1);
  if (valueOf("decide_in_client") !== true || !isMore) return;
  report.error(nodeAt(root, "approvals", "decide_in_client") ?? root, {
    code: "contradiction",
    message: "decide_in_client goes with neither not_by_requester nor several approvers.",
    fix: "Leave decide_in_client out, or leave out what it contradicts.",
  });
}

/** Too few are a poor page, and no reason to keep a worker from running. */
function checkUseCases(root: MapNode, report: Report): void {
  const place = nodeAt(root, "use_cases");
  const count = itemsAt(root, "use_cases").length;
  if (place?.kind !== "list" || count >= FEWEST_USE_CASES) return;
  report.warning(place, {
    code: "few_use_cases",
    message: `use_cases has ${count} of at least ${FEWEST_USE_CASES} texts.`,
    fix: "Write 3 to 5 texts.",
  });
}
