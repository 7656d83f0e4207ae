import { describeError, log } from "../platform/log.ts";
import type { BoxKeys } from "../platform/secrets/box-keys.ts";
import { openSecrets, rotateSecrets, sealSecrets } from "../platform/secrets/rotating-secret.ts";
import type { RotatingSecret } from "../platform/secrets/rotating-secret.ts";

/** For how long the secret before goes on signing as well, so that a receiver can be changed without a gap. */
const OVERLAP_SECONDS = 86_400;

/** What an alert's secret is sealed for. */
export const alertBoxPurpose = (alertId: string) => `alert:${alertId}`;

/** Seals the first secret of an alert. */
export function sealSigningSecret(keys: BoxKeys, of: { alertId: string; secret: string }): Promise<string> {
  return sealSecrets(keys, alertBoxPurpose(of.alertId), [{ value: of.secret, expires_at: null }]);
}

/** None when the box does not open: it was sealed under another key than the edge has now. */
async function open(
  keys: BoxKeys,
  of: { alertId: string; box: string; now: number },
): Promise<RotatingSecret[]> {
  try {
    return await openSecrets(keys, { purpose: alertBoxPurpose(of.alertId), sealed: of.box, now: of.now });
  } catch (error) {
    log("warn", "alert.secret_unreadable", { alert_id: of.alertId, error: describeError(error) });
    return [];
  }
}

/** The secrets that sign now, the current one first; none when they cannot be read any more. */
export async function openSigningSecrets(
  keys: BoxKeys,
  of: { alertId: string; box: string; now: number },
): Promise<string[]> {
  return (await open(keys, of)).map(({ value }) => value);
}

/** A box in which `secret` signs from now on, and the one before (if it can be read) for a day more. */
export async function rotateSigningSecret(
  keys: BoxKeys,
  of: { alertId: string; box: string; secret: string; now: number },
): Promise<{ box: string; previousUntil: number | null }> {
  const { now, secret: value } = of;
  const secrets = rotateSecrets(await open(keys, of), { value, now, overlapSeconds: OVERLAP_SECONDS });
  const box = await sealSecrets(keys, alertBoxPurpose(of.alertId), secrets);
  return { box, previousUntil: secrets[1]?.expires_at ?? null };
}

/** The box of a secret that its receiver chose, and says again: the same stays, another one takes its place with an overlap. */
export async function renewSigningSecret(
  keys: BoxKeys,
  of: { alertId: string; box: string; secret: string; now: number },
  overlapSeconds: number,
): Promise<string> {
  const { now, secret: value } = of;
  const known = await open(keys, of);
  if (known[0]?.value === value) return of.box;
  return sealSecrets(keys, alertBoxPurpose(of.alertId), rotateSecrets(known, { value, now, overlapSeconds }));
}
