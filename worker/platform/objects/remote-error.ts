/**
 * Did a Durable Object's own code throw this? Anything else (it was reset, is overloaded, could not be reached, did not
 * answer) says nothing about what it was asked. Pure.
 */
export function isThrownByObject(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const has = (mark: string) => Reflect.get(error, mark) === true;
  return has("remote") && !has("retryable") && !has("overloaded");
}

/** Has a Durable Object more to do than it can? Who asks again at once makes it worse. Pure. */
export function isOverloaded(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "overloaded") === true;
}
