import type { WorkerVersion } from "./store.ts";

/** Whether the version's worker.yml pauses the worker, and nobody has resumed it since. */
export function isPausedByManifest({ worker, version }: WorkerVersion): boolean {
  return version.manifest.paused && worker.resumed_version !== version.number;
}
