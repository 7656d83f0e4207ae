/** What is known of a worker's versions and of how they came and went; times are epoch milliseconds. */
export interface VersionTimes {
  activeVersion: number;
  versions: readonly { number: number; created_at: number }[];
  /** Made active by hand; a push makes its version active as well. */
  activations: readonly { to_version: number; at: number }[];
  /** Numbers that triggers are pinned to. */
  pinned: readonly number[];
}

/**
 * The numbers of the versions that have been neither active nor pinned since before `cutoff`. A version is active from
 * its push or an activation to the next push or activation of any other. Pure.
 */
export function chooseIdleVersions(
  { activeVersion, versions, activations, pinned }: VersionTimes,
  cutoff: number,
): number[] {
  const changes = [...versions.map((version) => version.created_at), ...activations.map(({ at }) => at)];
  return versions
    .filter(({ number }) => number !== activeVersion && !pinned.includes(number))
    .filter(({ number, created_at }) => {
      const madeActive = activations.filter(({ to_version }) => to_version === number).map(({ at }) => at);
      const lastActiveFrom = Math.max(created_at, ...madeActive);
      const replacedAt = Math.min(...changes.filter((at) => at > lastActiveFrom));
      return replacedAt < cutoff;
    })
    .map(({ number }) => number);
}
