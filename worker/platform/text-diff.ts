import { createTwoFilesPatch } from "diff";

/** Beyond this many added and removed lines a diff says less than the two texts, and costs more than it is worth. */
const MOST_EDITS = 4000;

/**
 * The unified diff of two texts, "" when they are equal; null when they are too different to be shown. A text of null
 * is a file that is not there.
 */
export function unifiedDiff(name: string, before: string | null, after: string | null): string | null {
  if (before === after) return "";
  const oldName = before === null ? "/dev/null" : `a/${name}`;
  const newName = after === null ? "/dev/null" : `b/${name}`;
  const options = { context: 3, maxEditLength: MOST_EDITS, headerOptions: { includeIndex: false } } as const;
  const patch = createTwoFilesPatch(oldName, newName, before ?? "", after ?? "", undefined, undefined, {
    context: options.context,
    maxEditLength: options.maxEditLength,
  });
  return patch === undefined ? null : patch.replace(/^=+\n/, "");
}
