/** A word by which somebody says that a key is none, standing by itself: a random key does not hold one between signs. */
const PLACEHOLDER =
  /(?:^|[^a-z0-9])(?:test|tests|testing|dev|development|local|default|example|sample|demo|dummy|placeholder|secret|password|change-?me|replace-?me|todo|xxx+)(?:[^a-z0-9]|$)/i;
/** A random key of the least length that is taken has more different signs than this. */
const FEW_SIGNS = 8;
const LEAST_CHARACTERS = 16;

/** Whether a key was never chosen by chance: it is short, says so itself, or repeats a few signs. Pure. */
export function isDefaultKey(key: string): boolean {
  return key.length < LEAST_CHARACTERS || PLACEHOLDER.test(key) || new Set(key).size < FEW_SIGNS;
}

/** The names of those keys that were never chosen by chance; one that is not set is none. Pure. */
export function listDefaultKeys(keys: Readonly<Record<string, string>>): string[] {
  return Object.entries(keys).flatMap(([name, key]) => (key !== "" && isDefaultKey(key) ? [name] : []));
}
