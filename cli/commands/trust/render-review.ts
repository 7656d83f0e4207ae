import type { VersionReview } from "#contract/versions/review";
import { renderVersionDiff } from "../../output/render-diff.ts";
import type { Style } from "../../output/style.ts";

/** What a version changes: files, manifest, what it may no longer do, and last what it may newly do. Pure. */
export function renderReview(review: VersionReview, style: Style): string[] {
  const { version, against, may_no_longer: lost } = review;
  const diff = { ...review, from: against ?? version.number, to: version.number };
  return [
    against === null
      ? "It is the worker's first version: compared with a worker that may do nothing."
      : `Compared with version ${against}, which is active:`,
    ...(lost.length === 0 ? [] : [style.bold(`Version ${version.number} may no longer:`)]),
    ...lost.map(({ kind, what }) => `  ${kind} ${what}`),
    ...renderVersionDiff(diff, style),
  ];
}
