import * as z from "zod";
import { defineUnmarked } from "./objects/stored-document.ts";
import { openSecret, sealSecret } from "./secret-box.ts";

const rotatingSecretSchema = z.object({ value: z.string(), expires_at: z.number().nullable() });

/**
 * A secret that can be replaced without a gap: during a rotation the one before is good as well. `expires_at` is epoch
 * milliseconds, null for the newest.
 */
export type RotatingSecret = z.infer<typeof rotatingSecretSchema>;

/** How alerts kept theirs at first; a box lives as long as its alert, so it is still read. */
const pairSchema = z
  .object({ current: z.string(), previous: z.string().nullable(), previous_until: z.number() })
  .transform(({ current, previous, previous_until }): RotatingSecret[] => [
    { value: current, expires_at: null },
    ...(previous === null ? [] : [{ value: previous, expires_at: previous_until }]),
  ]);

const boxForm = defineUnmarked("secret", z.union([z.array(rotatingSecretSchema), pairSchema]));

/** Seals secrets for storage; `purpose` names whose they are, and they open for it alone. */
export function sealSecrets(
  signingKey: string,
  purpose: string,
  secrets: readonly RotatingSecret[],
): Promise<string> {
  return sealSecret(signingKey, { purpose, secret: JSON.stringify(secrets) });
}

/** The secrets that are good at `now`, newest first. Throws when the box was sealed under another key or purpose. */
export async function openSecrets(
  signingKey: string,
  box: { purpose: string; sealed: string; now: number },
): Promise<RotatingSecret[]> {
  const secrets = boxForm.readText(await openSecret(signingKey, box));
  return secrets.filter(({ expires_at }) => expires_at === null || expires_at > box.now);
}

/** The new secret first, and the newest old one until its time is over; older ones are good no more. Pure. */
export function rotateSecrets(
  known: readonly RotatingSecret[],
  rotation: { value: string; now: number; overlapSeconds: number },
): RotatingSecret[] {
  const until = rotation.now + rotation.overlapSeconds * 1000;
  const [newest] = known;
  const kept = newest && rotation.overlapSeconds > 0 ? [{ ...newest, expires_at: until }] : [];
  return [{ value: rotation.value, expires_at: null }, ...kept];
}
