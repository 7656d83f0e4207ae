/**
 * Stages by how many come before them one after the other: those of one level wait for none of each other. One that waits for
 * what is not there, or for itself, stands in the first level. Pure.
 */
export function levelsOf<Stage extends { name: string; needs: readonly string[] }>(
  stages: readonly Stage[],
): Stage[][] {
  const levels = new Map<string, number>();
  for (const _round of stages) {
    for (const { name, needs } of stages) {
      const before = needs.filter((one) => one !== name).map((one) => levels.get(one) ?? -1);
      levels.set(name, Math.min(stages.length, Math.max(0, ...before.map((level) => level + 1))));
    }
  }
  const numbers = [...new Set(levels.values())].toSorted((a, b) => a - b);
  return numbers.map((level) => stages.filter(({ name }) => levels.get(name) === level));
}
