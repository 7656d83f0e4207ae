/** Park and Miller's generator of numbers between 0 and 1: the same draws everywhere. */
export function seededDraws(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
