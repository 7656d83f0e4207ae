import type { ManifestTrigger } from "#contract/manifest/manifest";

/**
 * The names of a manifest's triggers, in their order: the written one, else the kind and its place among those of its
 * kind (`schedule-1`, `webhook-1`), so that a trigger stays itself from push to push. Manual ones have none.
 */
export function nameTriggers(triggers: readonly ManifestTrigger[]): (string | undefined)[] {
  const counts = new Map<string, number>();
  return triggers.map(({ type, name }) => {
    if (type === "manual") return undefined;
    const place = (counts.get(type) ?? 0) + 1;
    counts.set(type, place);
    return name ?? `${type}-${place}`;
  });
}
