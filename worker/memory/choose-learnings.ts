/** The newest of some texts, which come newest first, that fit together; oldest first, as they are read. Pure. */
export function chooseNewest(texts: readonly string[], mostCharacters: number): string[] {
  const chosen: string[] = [];
  let left = mostCharacters;
  for (const text of texts) {
    left -= text.length;
    if (left < 0) break;
    chosen.push(text);
  }
  return chosen.toReversed();
}
