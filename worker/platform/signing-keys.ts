/** What this edge signs with, and what it signed with before and still believes. */
export interface SigningKeys {
  signingKey: string;
  earlierSigningKeys: readonly string[];
}

/** A key that is shorter can be guessed. */
export const SIGNING_KEY_CHARACTERS = 32;

/**
 * Reads FLOOM_SIGNING_KEY: one key, or several with commas, the one in use first. A text whose parts are too short to be
 * keys is one key with a comma in it. Pure.
 */
export function parseSigningKeys(text: string): SigningKeys {
  const [first = "", ...others] = text.split(",");
  const isList = [first, ...others].every((key) => key.length >= SIGNING_KEY_CHARACTERS);
  return isList
    ? { signingKey: first, earlierSigningKeys: others }
    : { signingKey: text, earlierSigningKeys: [] };
}

/** What the first of the keys says that says anything; null when none does. */
export async function askEachKey<T>(
  { signingKey, earlierSigningKeys }: SigningKeys,
  ask: (key: string) => Promise<T | null>,
): Promise<T | null> {
  for (const key of [signingKey, ...earlierSigningKeys]) {
    const said = await ask(key);
    if (said !== null) return said;
  }
  return null;
}
