const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** How long to wait before the next request, as the service says or ever longer; null where it asks for too long. Pure. */
export function retryDelay({
  header,
  attempt,
  now,
}: {
  header: string | null;
  attempt: number;
  now: number;
}): number | null {
  const asked = header === null ? null : readDelay(header, now);
  const wait = asked ?? FIRST_MS * 2 ** (attempt - 1);
  return wait > LONGEST_MS ? null : wait;
}

/** Retry-After (RFC 9110, 10.2.3): seconds, or a date. */
function readDelay(header: string, now: number): number | null {
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
