import { describeError, log } from "../platform/log.ts";
import { openSecret, sealSecret } from "../platform/secret-box.ts";

/** For how long the secret before goes on signing as well, so that a receiver can be changed without a gap. */
const OVERLAP_MS = 86_400_000;

interface SigningSecret {
  current: string;
  previous: string | null;
  /** Epoch milliseconds. */
  previous_until: number;
}

const purposeOf = (alertId: string) => `alert:${alertId}`;

/** Seals the first secret of an alert. */
export function sealSigningSecret(
  signingKey: string,
  of: { alertId: string; secret: string },
): Promise<string> {
  const content: SigningSecret = { current: of.secret, previous: null, previous_until: 0 };
  return sealSecret(signingKey, { purpose: purposeOf(of.alertId), secret: JSON.stringify(content) });
}

/** Null when the box does not open: it was sealed under another signing key than the edge has now. */
async function open(signingKey: string, of: { alertId: string; box: string }): Promise<SigningSecret | null> {
  try {
    const text = await openSecret(signingKey, { purpose: purposeOf(of.alertId), sealed: of.box });
    return JSON.parse(text) as SigningSecret;
  } catch (error) {
    log("warn", "alert.secret_unreadable", { alert_id: of.alertId, error: describeError(error) });
    return null;
  }
}

/** The secrets that sign now, the current one first; none when they cannot be read any more. */
export async function openSigningSecrets(
  signingKey: string,
  of: { alertId: string; box: string; now: number },
): Promise<string[]> {
  const opened = await open(signingKey, of);
  if (opened === null) return [];
  const { current, previous, previous_until: until } = opened;
  return previous !== null && of.now < until ? [current, previous] : [current];
}

/** A box in which `secret` signs from now on, and the one before (if it can be read) for a day more. */
export async function rotateSigningSecret(
  signingKey: string,
  of: { alertId: string; box: string; secret: string; now: number },
): Promise<{ box: string; previousUntil: number | null }> {
  const opened = await open(signingKey, of);
  const previousUntil = opened === null ? null : of.now + OVERLAP_MS;
  const content: SigningSecret = {
    current: of.secret,
    previous: opened?.current ?? null,
    previous_until: previousUntil ?? 0,
  };
  const box = await sealSecret(signingKey, {
    purpose: purposeOf(of.alertId),
    secret: JSON.stringify(content),
  });
  return { box, previousUntil };
}
