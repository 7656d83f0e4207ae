import { isBox, makeDataKey, MasterKeyMissing, openBox, openValue, sealBox } from "./envelope-crypto.ts";
import type { SigningKeys } from "../signing-keys.ts";
import type { MasterKeys } from "./master-keys.ts";
import { openSecret, sealSecret } from "./secret-box.ts";

/**
 * What small secrets of webhooks and alerts are sealed with: the envelope of the master keys. The signing key is what they
 * were sealed with before there was one, and still are where none is set; boxes of that kind open until they are rewrapped.
 */
export interface BoxKeys extends SigningKeys {
  masterKeys: MasterKeys | null;
}

/** Seals `secret` for `purpose` alone. */
export function sealForStorage(
  { signingKey, masterKeys }: BoxKeys,
  box: { purpose: string; secret: string },
): Promise<string> {
  return masterKeys === null ? sealSecret(signingKey, box) : sealBox(masterKeys, box);
}

/** Opens a box of either kind. Throws when it was sealed for something else, or under keys that are not there. */
export async function openFromStorage(
  keys: BoxKeys,
  box: { purpose: string; sealed: string },
): Promise<string> {
  const { masterKeys } = keys;
  if (!isBox(box.sealed)) return openSigned(keys, box);
  if (masterKeys === null) throw new MasterKeyMissing(box.sealed.split(".")[1] ?? "");
  return openBox(masterKeys, box);
}

/** Throws what the key in use says, when none of those before it opens the box either. */
async function openSigned(keys: BoxKeys, box: { purpose: string; sealed: string }): Promise<string> {
  const refused: unknown[] = [];
  for (const key of [keys.signingKey, ...keys.earlierSigningKeys]) {
    try {
      return await openSecret(key, box);
    } catch (error) {
      refused.push(error);
    }
  }
  throw refused[0];
}

/** As long as the boxes of one secret: they hold nothing, and opening them costs what opening any other does. */
const emptyBox = { purpose: "", sealed: "A".repeat(152) };
const emptyKey = "A".repeat(80);
const emptyValue = `fs1.${"A".repeat(140)}`;

/** Costs what opening a box costs, for whoever must not be told by the time it takes that there is none. */
export async function pretendToOpenFromStorage({ signingKey, masterKeys }: BoxKeys): Promise<void> {
  if (masterKeys === null) {
    await openSecret(signingKey, emptyBox).catch(() => "");
    return;
  }
  const sealed = `fe1.${masterKeys.current}.${emptyKey}.${"A".repeat(140)}`;
  await openBox(masterKeys, { purpose: "", sealed }).catch(() => "");
  await openValue(makeDataKey(), { purpose: "", sealed: emptyValue }).catch(() => "");
}
