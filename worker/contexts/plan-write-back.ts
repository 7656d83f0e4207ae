import { LEARNINGS_PATH } from "#contract/contexts/context-bundle";
import type { ContextKind } from "#contract/contexts/context-bundle";
import type { Tree, TreeFile } from "./context-tree.ts";

/** What becomes of each file that a run has changed. */
export interface WritePlan {
  /** As the run left them. */
  puts: TreeFile[];
  /** Grew meanwhile, and the run only added to it: what it added goes behind what is there. */
  rebased: TreeFile[];
  /** Changed by somebody else meanwhile, into something else. */
  conflicts: string[];
}

/**
 * Holds what a run left against what it had begun with and what is there now, file by file: a file that nobody else has
 * touched is the run's to change, and one that somebody else has changed is not. Pure.
 */
export function planWriteBack(
  { base, now }: { base: Tree; now: Tree },
  files: readonly TreeFile[],
  kind: ContextKind,
): WritePlan {
  const plan: WritePlan = { puts: [], rebased: [], conflicts: [] };
  for (const file of files) {
    const current = now.get(file.path)?.sha256;
    if (current === file.sha256) continue;
    if (current === base.get(file.path)?.sha256) plan.puts.push(file);
    else if (kind === "memory" && file.path === LEARNINGS_PATH) plan.rebased.push(file);
    else plan.conflicts.push(file.path);
  }
  return plan;
}
