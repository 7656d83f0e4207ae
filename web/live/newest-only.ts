/**
 * Asks each time it is called and shows what comes, but nothing that was asked before what is shown already: answers may
 * overtake each other, and an older one knows less. Rejects with what asking rejects with.
 */
export function newestOnly<T>(ask: () => Promise<T>, show: (value: T) => void): () => Promise<void> {
  let asked = 0;
  let shown = 0;
  return async () => {
    asked += 1;
    const number = asked;
    const value = await ask();
    if (number < shown) return;
    shown = number;
    show(value);
  };
}
