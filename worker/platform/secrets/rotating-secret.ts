import * as z from "zod";
import { defineUnmarked } from "../objects/stored-document.ts";
import { openFromStorage, pretendToOpenFromStorage, sealForStorage } from "./box-keys.ts";
import type { BoxKeys } from "./box-keys.ts";

const rotatingSecretSchema = z.object({
  value: z.string(),
  expires_at: z.number().nullable(),
  by: z.string().optional(),
});

/**
 * A secret that can be replaced without a gap: during a rotation the one before is good as well. `expires_at` is epoch
 * milliseconds, null for the newest; `by` is the token to whom it was shown, where that was written down.
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
  keys: BoxKeys,
  purpose: string,
  secrets: readonly RotatingSecret[],
): Promise<string> {
  return sealForStorage(keys, { purpose, secret: JSON.stringify(secrets) });
}

/** The secrets that are good at `now`, newest first. Throws when the box was sealed under another key or purpose. */
export async function openSecrets(
  keys: BoxKeys,
  box: { purpose: string; sealed: string; now: number },
): Promise<RotatingSecret[]> {
  const secrets = boxForm.readText(await openFromStorage(keys, box));
  return secrets.filter(({ expires_at }) => expires_at === null || expires_at > box.now);
}

const nothing = JSON.stringify([{ value: "x".repeat(50), expires_at: null }]);

/** Costs what opening a box costs, for whoever must not be told by the time it takes that there is none. */
export async function pretendToOpen(keys: BoxKeys): Promise<void> {
  await pretendToOpenFromStorage(keys);
  boxForm.readText(nothing);
}

/** The new secret first, and the newest old one until its time is over; older ones are good no more. Pure. */
export function rotateSecrets(
  known: readonly RotatingSecret[],
  rotation: { value: string; now: number; overlapSeconds: number; by?: string },
): RotatingSecret[] {
  const until = rotation.now + rotation.overlapSeconds * 1000;
  const [newest] = known;
  const kept = newest && rotation.overlapSeconds > 0 ? [{ ...newest, expires_at: until }] : [];
  const { value, by } = rotation;
  return [{ value, expires_at: null, ...(by === undefined ? {} : { by }) }, ...kept];
}
