/**
 * Milliseconds until the first byte of a page's body is there. The rest is read as well, lest the next request wait for
 * a connection. Throws when the page is refused or empty.
 */
export async function timeFirstByte(url: URL | string): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(url);
  const reader = response.body?.getReader();
  const first = await reader?.read();
  const passedMs = performance.now() - startedAt;
  if (!response.ok || reader === undefined || first === undefined || first.done)
    throw new Error(`A page was answered ${response.status} without a first byte.`);
  while (!(await reader.read()).done);
  return passedMs;
}
