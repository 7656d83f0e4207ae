/** Attempts that are known to get through, each with a sentence that says why. */
export const knownOpen: Readonly<Record<string, string>> = {};
