/** What a sender may have been about to send: as much as Cloudflare lets through to anybody. */
const MOST_BYTES = 100 * 1024 * 1024;
/** So long a slow sender is listened to whose request has its answer already. */
const MOST_MS = 15_000;

/**
 * Takes in what is left of a request's body, and forgets it. A connection that is closed on somebody who is still
 * sending tears the answer with it: most clients then report a broken pipe and never see why they were refused. A sender
 * who waits for a word to go on (`Expect: 100-continue`) gets the answer instead. Never throws.
 */
export async function discardBody(request: Request): Promise<void> {
  if (request.bodyUsed) return;
  const { body } = request;
  if (body === null || body.locked || request.headers.get("expect") !== null) return;
  const reader = body.getReader();
  let forget = () => {};
  const over = new Promise<{ done: true }>((resolve) => {
    const timer = setTimeout(() => resolve({ done: true }), MOST_MS);
    forget = () => clearTimeout(timer);
  });
  try {
    for (let bytes = 0; bytes <= MOST_BYTES;) {
      const part = await Promise.race([reader.read(), over]);
      if (part.done) break;
      bytes += part.value.byteLength;
    }
  } catch {
    // Whoever went away needs no answer.
  } finally {
    forget();
  }
}
