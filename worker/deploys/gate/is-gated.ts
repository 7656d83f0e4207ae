import type { Manifest } from "#contract/manifest/manifest";

/**
 * Whether a version is activated only once an evaluation of it has passed: where it says so itself, or the version that it
 * would take the place of does, so that no push takes its own gate away. Pure.
 */
export function isGated(current: Pick<Manifest, "deploy">, target: Pick<Manifest, "deploy">): boolean {
  return current.deploy?.gate === "evals" || target.deploy?.gate === "evals";
}
