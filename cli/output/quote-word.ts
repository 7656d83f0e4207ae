/** A word as it is typed at a shell, in quotes where it would be several words or something else there. Pure. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./\p{L}\p{N}-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
