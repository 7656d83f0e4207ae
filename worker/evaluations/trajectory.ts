import type { trajectoryModes } from "#contract/evaluations/suite";

/** Whether the tools that were called are those that were wanted, by a mode. Pure. */
export function followsTrajectory(
  mode: (typeof trajectoryModes)[number],
  wanted: readonly string[],
  called: readonly string[],
): boolean {
  switch (mode) {
    case "strict":
      return wanted.length === called.length && wanted.every((tool, at) => called[at] === tool);
    case "unordered":
      return isWithin(wanted, called) && isWithin(called, wanted);
    case "subset":
      return isWithin(called, wanted);
    case "superset":
      return isWithin(wanted, called);
    case "subsequence": {
      // Each look goes on behind where the last one ended.
      let from = 0;
      return wanted.every((tool) => {
        const at = called.indexOf(tool, from);
        from = at + 1;
        return at >= 0;
      });
    }
  }
}

/** Whether each of some names is among others, as often. */
function isWithin(some: readonly string[], others: readonly string[]): boolean {
  const left = new Map<string, number>();
  for (const one of others) left.set(one, (left.get(one) ?? 0) + 1);
  return some.every((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count > 0;
  });
}
