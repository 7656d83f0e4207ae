import { limits } from "#contract/limits";

/*
 * How long a run may take where the provider's plan ends every sandbox after some time (FLOOM_SANDBOX_LIFE_SECONDS).
 * A sandbox is asked to live for the script, for the installation of what it needs, and for collecting what it left,
 * twice. Pure.
 */

/** The longest `timeout_seconds` that a sandbox of this life has room for, with the shortest installation. */
export function mostTimeoutSeconds(lifeSeconds: number): number {
  return leftForInstall(0, lifeSeconds) - limits.install_timeout_seconds.value;
}

/** Seconds that are left for an installation beside a script of so many. */
export function leftForInstall(timeoutSeconds: number, lifeSeconds: number): number {
  return lifeSeconds - 2 * limits.run_grace_seconds.value - timeoutSeconds;
}

/** Why no sandbox lives long enough for this time limit, in a sentence; null when one does. */
export function whyOutlivesSandbox(timeoutSeconds: number, lifeSeconds: number): string | null {
  const most = mostTimeoutSeconds(lifeSeconds);
  if (timeoutSeconds <= most) return null;
  return `limits.timeout_seconds is ${timeoutSeconds}, and at most ${most} are possible here: the sandbox provider's plan ends every sandbox after ${lifeSeconds} seconds (FLOOM_SANDBOX_LIFE_SECONDS), installing and collecting included.`;
}
