import type { Manifest } from "#contract/manifest/manifest";
import type { Report } from "./report.ts";
import { nodeAt, trimPath } from "./yaml-node.ts";
import type { MapEntry, MapNode } from "./yaml-node.ts";

/** Where a file says in its older spelling what runs: `entrypoint`, else the first of `entrypoints`. */
export function findEntrypoint(root: MapNode): MapEntry | undefined {
  const list = nodeAt(root, "entrypoints");
  const first = list?.kind === "list" ? list.items[0] : undefined;
  return root.entries.get("entrypoint") ?? (first?.kind === "map" ? first.entries.get("path") : undefined);
}

/**
 * Tells of an `entrypoint` that names another file than the one that runs. `written` is worker.yml with that key; what
 * runs is known only from all that exec says and, where that is not enough, from the folder.
 */
export function checkEntrypoint(manifest: Manifest, written: MapNode, report: Report): void {
  const older = findEntrypoint(written);
  if (older?.value.kind !== "scalar" || typeof older.value.value !== "string") return;
  const path = older.value.value;
  const { entry } = manifest.exec;
  if (trimPath(path) === trimPath(entry)) return;
  report.warning(older.key, {
    code: "entrypoint_differs",
    message: `entrypoint says ${path}, but ${entry} is what runs: what exec says counts.`,
    fix: "Remove entrypoint, and name the file that runs in exec.entry.",
  });
}
